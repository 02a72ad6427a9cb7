// A part of a Streamlit page: made once, told what Python says in each run, ended with the page.

/** Return what Streamlit calls for a component whose element is made into a part by `mount`. */
function component(selector, mount) {
  const mounted = new WeakMap();
  return ({ parentElement, data, setTriggerValue }) => {
    const root = parentElement.querySelector(selector);
    if (!mounted.has(root)) mounted.set(root, mount(root));
    const part = mounted.get(root);
    part.update(data, setTriggerValue);
    return () => {
      part.end();
      mounted.delete(root);
    };
  };
}


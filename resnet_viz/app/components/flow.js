// Data that flow along the lines of a figure, its body and its shortcuts.

const REACH = 2; // points within which a line ends at a box

/** Return moving copies of the lines along which data go: of what ends or begins at a box. */
function flowOf({ svg }) {
  const solids = [...svg.querySelectorAll("rect:not(.scope), circle")].map(bounds);
  const touches = ({ x, y }) => solids.some(({ low, high }) =>
    x > low[0] - REACH && x < high[0] + REACH && y > low[1] - REACH && y < high[1] + REACH);
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "flow");
  for (const path of svg.querySelectorAll("path")) {
    const [line, head] = path.getAttribute("d").split(/(?=M)/);
    if (!path.hasAttribute("stroke-dasharray") && !/^M[^A-Z]+L[^A-Z]+L[^A-Z]+$/.test(head ?? "")) continue;
    const copy = document.createElementNS(SVG, "path");
    copy.setAttribute("d", line);
    if (touches(copy.getPointAtLength(0)) || touches(copy.getPointAtLength(copy.getTotalLength()))) group.append(copy);
  }
  return group;
}

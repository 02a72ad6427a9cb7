# Everything installs into VENV; nothing outside it is touched.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= auto
BESIDE_TORCH := torchvision timm segmentation-models-pytorch peft accelerate  # their wheels would bring another torch

.PHONY: app demo test test-zoo test-ray test-jupyter test-exported test-code figures-check test-transformers test-memory fit-latency check format goldens catalogue bench lesson mermaid pyodide standalone site dist peers clean

app: $(VENV)/.app  ## Set up everything and open the app in a browser.
	$(BIN)/streamlit run app.py

demo: $(VENV)/.light  ## Draw the book's figures to out/ and print the exact report.
	@mkdir -p out
	$(BIN)/resnet-viz draw d2l-resnet18 -o out/resnet18.svg
	$(BIN)/resnet-viz draw d2l-resnet18 --lang zh -o out/resnet18-zh.svg
	$(BIN)/resnet-viz draw d2l-resnet18 --direction right -o out/resnet18-right.svg
	$(BIN)/resnet-viz draw d2l-resnet18 --figure blocks -o out/blocks.svg
	$(BIN)/resnet-viz draw d2l-resnet18 --figure blocks --lang zh -o out/blocks-zh.svg
	$(BIN)/resnet-viz report d2l-resnet18 --derive
	@echo "The figures are in out/: open them in a browser."

test: $(VENV)/.dev  ## Set up everything and run all tests.
	$(BIN)/pytest -n $(JOBS)

figures-check: $(VENV)/.dev  ## Measure whether figures can be read, beside torchview's.
	$(BIN)/python benchmarks/legibility.py --peer

test-zoo: $(VENV)/.dev  ## Compare counts with torch's own over several hundred models.
	$(BIN)/python tests/scale.py

test-ray: $(VENV)/.dev  ## Let Ray Tune choose networks with two workers; takes a minute to start them.
	$(BIN)/python -m pytest -n 0 tests/ray_workers.py

test-jupyter: $(VENV)/.dev  ## Show a figure in JupyterLab and collapse a part of it; takes a minute.
	$(BIN)/python -m pytest -n 0 tests/jupyter_lab.py

test-exported: $(VENV)/.dev  ## Export the whole zoo to .onnx and .pt2 files, and compare what is read back.
	$(BIN)/python tests/exported_sweep.py

test-code: $(VENV)/.dev  ## Write the whole zoo as code for each framework, and compare outputs; identify it by its weights.
	$(BIN)/python tests/code_sweep.py

test-memory: $(VENV)/.dev  ## Compare the bytes saved for backward with torch's own, over the zoo.
	$(BIN)/python tests/saved.py

TABLE ?= timm-benchmarks.csv
fit-latency: $(VENV)/.dev  ## Fit the devices to a table of measured step times (TABLE=...).
	$(BIN)/python tools/fit_latency.py $(TABLE)

test-transformers: $(VENV)/.dev  ## Compare counts with torch's own over Hugging Face and other libraries.
	$(BIN)/python tests/library_sweep.py

check: $(VENV)/.dev  ## What CI runs: format, lint, types, import contract, tests, examples.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(JOBS)

format: $(VENV)/.dev  ## Format and mend what can be mended.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

goldens: $(VENV)/.dev  ## Write the golden figures and help texts anew; look at them.
	$(BIN)/pytest -n 0 tests/test_goldens.py tests/test_gallery.py tests/test_docs.py tests/app/browser --write-goldens

catalogue: $(VENV)/.dev  ## Gather the texts to translate, and compile the translations.
	$(BIN)/python tools/catalogue.py

bench: $(VENV)/.dev  ## Measure speed and memory, as ratios in one run.
	$(BIN)/python -m compileall -q resnet_viz
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/visitors.py

lesson: $(VENV)/.dev  ## Train the networks of the lesson anew, five seeds; about eight minutes.
	$(BIN)/resnet-viz lesson --seeds 5 -o docs/lesson
	mv docs/lesson/lesson.json resnet_viz/answers/lesson.json
	rm docs/lesson/lesson.csv

site: standalone  ## Build the site to out/site and open it.
	$(BIN)/sphinx-build -W --keep-going -q docs out/site
	cp out/standalone.html out/site/
	@$(BIN)/python -m webbrowser -t "file://$(CURDIR)/out/site/index.html"

standalone: $(VENV)/.dev pyodide  ## Build the page that needs no server, from a wheel of the package.
	@rm -rf out/wheel
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps -w out/wheel .
	$(BIN)/python docs/standalone/build.py out/wheel/*.whl out/standalone.html

pyodide:  ## Install Python for the browser, which that page holds; needs npm.
	cd docs/standalone && npm install --no-package-lock --no-audit --no-fund --ignore-scripts

dist: $(VENV)/.dev  ## Build sdist and wheel to dist/, and try them as a user gets them.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/check_dist.py

peers: $(VENV)/.dev  ## Measure other tools beside ours: the table of the README.
	$(BIN)/python benchmarks/peers.py

mermaid:  ## Install Mermaid's own parser, which a test asks; needs npm.
	cd tests/mermaid && npm install --no-package-lock --no-audit --no-fund --ignore-scripts

clean:
	rm -rf $(VENV) out

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.light: $(VENV)/bin/python pyproject.toml
	@test -e $(VENV)/.dev || $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt .
	@touch $@

$(VENV)/.app: $(VENV)/bin/python pyproject.toml
	@test -e $(VENV)/.dev || $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[app]'
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps $(BESIDE_TORCH)
	@touch $@

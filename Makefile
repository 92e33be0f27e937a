# Every target makes or completes the environment in .venv first, and can be repeated at no cost.
PYTHON ?= python3
ARGS ?=
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench translate install lock clean

help:  ## show this list
	@echo "HGPT Desktop: HuggingGPT on your own workstation."
	@echo
	@sed -n 's/^\([a-z]*\):  ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo
	@echo "PYTHON=python3.12 chooses the Python; HGPT_TORCH=cpu|cuda|skip the build of PyTorch."

run:  ## install what is missing, fetch the starter models and open the window
	@$(BOOTSTRAP) run

test:  ## run all tests, those on the starter models too (ARGS="-k planning" goes to pytest)
	@$(BOOTSTRAP) test $(ARGS)

check:  ## format, lint, types, import contracts and fast tests
	@$(BOOTSTRAP) check

bench:  ## measure the cold start and the sample request
	@$(BOOTSTRAP) bench

translate:  ## renew the translation files and name what has no translation yet
	@$(BOOTSTRAP) translate

install:  ## only make the environment
	@$(BOOTSTRAP) install

lock:  ## write packaging/constraints.txt anew from the environment
	@$(BOOTSTRAP) lock

clean:  ## remove the environment and caches; models and conversations stay
	@$(BOOTSTRAP) clean

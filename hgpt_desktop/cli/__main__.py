"""`python -m hgpt_desktop.cli`: the command line where its script is not on the path."""

import sys

from hgpt_desktop.cli import main

sys.exit(main())

"""`python -m hgpt_desktop` opens the window."""

import sys

from hgpt_desktop.app import main

sys.exit(main())

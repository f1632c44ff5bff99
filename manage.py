#!/usr/bin/env python3
"""Django's command line for this site."""

import os
import sys


def main() -> None:
    """Run one management command; see ``manage.py help``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medspa.settings")
    from django.core.management import execute_from_command_line

    from medspa.bootstrap import load_settings

    load_settings(keep_key=sys.argv[1:2] == ["start"])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

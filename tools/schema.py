"""Write the JSON Schema of the report document to docs/report.schema.json.

python tools/schema.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cloison.check.schema import schema

FILE = Path(__file__).resolve().parent.parent / "docs/report.schema.json"


def text() -> str:
    """The file's content."""
    return json.dumps(schema(), indent=2) + "\n"


def main() -> int:
    """Write the file; 0."""
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

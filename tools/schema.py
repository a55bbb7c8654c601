"""Write the JSON Schemas of the report and of the plan to docs/.

python tools/schema.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cloison.check.schema import schema
from cloison.plan.schema import schema as plan_schema

DOCS = Path(__file__).resolve().parent.parent / "docs"
FILE = DOCS / "report.schema.json"
PLAN_FILE = DOCS / "plan.schema.json"


def text(told: dict[str, Any] | None = None) -> str:
    """The content of a file; the report's where nothing is said."""
    return json.dumps(schema() if told is None else told, indent=2) + "\n"


def main() -> int:
    """Write the files; 0."""
    for file, told in ((FILE, schema()), (PLAN_FILE, plan_schema())):
        file.write_text(text(told), encoding="utf-8")
        print(f"{file.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

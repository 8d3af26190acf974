"""What a report carries beside its pages: its data, and the list of its records where that is long."""

import json

from reportgen.document.compose import Inputs
from reportgen.document.judgement import ANNEX
from reportgen.document.record_files import record_files
from reportgen.document.twin import TWIN_FILE, twin
from reportgen.document.typeset import Enclosure


def enclosed(inputs: Inputs) -> list[Enclosure]:
    """Return the files to attach to a report; of the records each says what `report.json` says."""
    data = twin(inputs)
    files = [Enclosure(TWIN_FILE, data, "本报告评价内容的机器可读数据")]
    items = json.loads(data)["record"]["items"]
    if len(items) > ANNEX:
        files += [
            Enclosure(name, file, f"全部信用记录 {len(items)} 条，与 {TWIN_FILE} 所载相同")
            for name, file in record_files(items).items()
        ]
    return files

"""骑缝章, signature and time stamp, and the check of a file against facts that are handed in."""

import logging

from reportgen.certify.narrow import narrow as _narrow

# A front tells people what happened, in Chinese; the library's own warnings would stand on their screen in English.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

_narrow()

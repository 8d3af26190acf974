"""Open Contracting Data Standard (OCDS) 1.1 and 1.2: releases, records and packages as projects."""

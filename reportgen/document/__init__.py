"""From the judgement to the PDF's pages."""

"""The columns of workbooks: which cell says which field of a model, in the words of whoever fills it in."""

"""Looks at a running house and says in plain words what is wrong and how to mend it; one file for each subject."""

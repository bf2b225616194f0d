"""What runs in the toolbox: a program for each check of the repository.

Each prints `{"findings": […]}` and ends with 0 for none, 1 for some, 2 for a failure of its own.
They are run there as the package `in_toolbox`, and import nothing of slipway.
"""

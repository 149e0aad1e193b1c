"""What is found of each part of a node: plain functions from what was read to a finding, one module per subject.

They read nothing themselves: the doctor gives them what a stopped node's folder says, a running node what it knows.
"""

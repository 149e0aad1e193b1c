"""The rules as everybody reads them: finding OPA, and evaluating a bundle in process. No network, no database."""

"""The screens in a browser of this computer: who may come in, the page, a console process behind each window."""

"""What an examination of a node finds: levels, words and lines, alike on the node's machine and in the console."""

"""What the screens are drawn with. Nothing here parses markup: texts may hold names from elsewhere."""

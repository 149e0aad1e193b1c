"""A check from its first answer until nobody needs it any more."""

"""The engines that evaluate the published policies."""

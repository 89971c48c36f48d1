"""Does the bot do what a person would let it do?  Against real git over HTTP, and GitHub's own description of its API."""

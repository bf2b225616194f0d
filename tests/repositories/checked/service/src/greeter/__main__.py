"""Greets the world, and ends."""

from greeter import greeting

print(greeting("world"))

#!/bin/sh
set -eu
echo "Hello, $1!"

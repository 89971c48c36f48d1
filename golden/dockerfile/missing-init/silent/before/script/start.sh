#!/bin/sh
exec dumb-init node server.js

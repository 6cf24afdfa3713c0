// Runs dynalite on loopback: `node dynalite.cjs FOLDER PORT`, where FOLDER holds its node_modules and PORT 0 is any.
// Prints the port, and ends when standard input does, so it cannot outlive the tests.
'use strict'

const path = require('path')
const dynalite = require(path.join(process.argv[2], 'node_modules', 'dynalite'))

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
server.keepAliveTimeout = 0 // closing an idle connection looks to a client like a reply that was lost
server.listen(Number(process.argv[3]), '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit(0))

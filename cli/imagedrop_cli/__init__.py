"""The command line. Each command is a module that reads its arguments, makes one call and shows the answer.

main      the entry point, and Ctrl-C while it starts             output    stdout, stderr, --json, exit codes
app       which commands there are, and how every error ends      options   what several commands are asked
outgoing  a file judged by the key it will have               doing     what a drop is doing; ended: those that have
places    where OBS, the ledger and a running stack are           examine   an image judged where it lies
draw      facts, findings and ends as a person wants them         upload    multipart, its ETag checked
"""

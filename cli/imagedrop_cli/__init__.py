"""The command line. Each command is a module that reads its arguments, makes one call and shows the answer.

main      which commands there are, and how every error ends      output    stdout, stderr, --json, exit codes
places    where OBS, the ledger and a running stack are           examine   an image judged where it lies
draw      facts, findings and ends as a person wants them         upload    multipart, its ETag checked
"""

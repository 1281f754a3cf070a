"""The command line. Each command is a module that reads its arguments, makes one call and prints the answer.

main            the entry point                             app                the list of commands, and errors
interrupts      Ctrl-C and SIGTERM while modules load       run_until_stopped  Ctrl-C and SIGTERM afterwards
output          stdout, stderr, --json, exit codes          options            options that several commands share
connections     OBS, or the stack that runs here            aws_session        the ledger and the queues
image_location  an image in a file, in OBS or at a URL      check_image        inspects it and applies the rules
render          findings and results for people             facts_table        the facts of an image for people
upload_plan     keys of an upload, checked beforehand       upload             multipart upload with ETag check
upload_progress progress bars                               follow             waits for a drop's result file
recent_drops    the drops that ended last                   status_text        a drop's state in a few words
drop_progress   the steps of a drop as `demo` prints them
"""

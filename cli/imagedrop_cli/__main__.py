from imagedrop_cli.main import run

run()

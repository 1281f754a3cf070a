"""The checks of `imagedrop doctor`: each looks at one thing of an installation and says what it saw."""

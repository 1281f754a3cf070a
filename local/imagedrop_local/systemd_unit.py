"""The systemd unit of `imagedrop serve`."""

from __future__ import annotations

from pathlib import Path

# Exit code 2: settings that are wrong. They do not become right by a restart.
UNIT = """\
[Unit]
Description=imagedrop: registers the disk images of an OBS bucket as IMS images
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={command} serve --config {config}
EnvironmentFile={environment}
StateDirectory=imagedrop
DynamicUser=yes
UMask=0077
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2
KillMode=mixed
TimeoutStopSec=90
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
"""


def unit(command: str, config: Path) -> str:
    """`command`: path of `imagedrop`. The secrets are in `imagedrop.env` beside `config`, or what its name is."""
    return UNIT.format(command=command, config=config, environment=config.with_suffix(".env"))

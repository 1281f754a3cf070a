"""How well the Windows is prepared for Huawei Cloud."""

from imagedrop.findings import info, warning

IMAGE_STATE = warning(
    "image.image_state",
    "Windows Setup is not finished: the image state is {state}. A server created from this image may stop during setup, or "
    "fail at every start.",
    "In the source Windows, read `%WINDIR%\\System32\\Sysprep\\Panther\\setuperr.log` and let setup finish. Then run "
    "`sysprep /generalize /oobe /shutdown` once, and create the image again.",
    "Windows 安装程序未完成：映像状态为 {state}。使用该镜像创建的服务器可能停在安装过程中，或每次启动都失败。",
    "请在源 Windows 中查看 `%WINDIR%\\System32\\Sysprep\\Panther\\setuperr.log`，待安装完成后运行一次 "
    "`sysprep /generalize /oobe /shutdown`，再重新制作镜像。",
)
NOT_GENERALIZED = info(
    "image.not_generalized",
    "Windows is not generalized (sysprep was not run): all servers created from this image share one computer name, SID and "
    "activation.",
    "No action needed for a single server. For several, or in a domain, run sysprep first, after Cloudbase-Init is installed: "
    "`sysprep /generalize /oobe /shutdown`.",
    "Windows 未通用化（未运行 sysprep）：使用该镜像创建的所有服务器，其计算机名、SID 和激活信息都相同。",
    "如果只创建一台服务器，则无需处理；创建多台或加入域时，请在安装 Cloudbase-Init 之后运行 "
    "`sysprep /generalize /oobe /shutdown`。",
)
NO_CLOUDBASE_INIT = warning(
    "image.no_cloudbase_init",
    "Cloudbase-Init is not installed: a server created from this image keeps the password in the image and gets no host name "
    "and no user data from Huawei Cloud.",
    "In the source Windows, run `msiexec /i CloudbaseInitSetup_x64.msi /qn`, and create the image again. Without it, keep the "
    "administrator's password: you will need it to log in.",
    "未安装 Cloudbase-Init：使用该镜像创建的服务器只能使用镜像中原有的密码，也无法获取华为云设置的主机名和用户数据。",
    "请在源 Windows 中运行 `msiexec /i CloudbaseInitSetup_x64.msi /qn`，然后重新制作镜像；如果不安装，请保管好管理员密码以便登录。",
)
CLOUDBASE_INIT_DISABLED = warning(
    "image.cloudbase_init_disabled",
    "Cloudbase-Init is installed, but its service is disabled: a server created from this image gets no password, host name or "
    "user data from Huawei Cloud.",
    "In the source Windows, run `sc config cloudbase-init start= auto`, and create the image again.",
    "已安装 Cloudbase-Init，但其服务已禁用：使用该镜像创建的服务器无法获取华为云设置的密码、主机名和用户数据。",
    "请在源 Windows 中运行 `sc config cloudbase-init start= auto`，然后重新制作镜像。",
)
CLOUDBASE_INIT_NOT_INSTALLED = warning(
    "image.cloudbase_init_not_installed",
    "The Cloudbase-Init folder exists, but its service does not: the folder was copied, or the uninstallation was incomplete. "
    "Cloudbase-Init will not run.",
    "In the source Windows, install it: `msiexec /i CloudbaseInitSetup_x64.msi /qn`, and create the image again.",
    "存在 Cloudbase-Init 的文件夹，但没有其服务：只复制了文件，或卸载不完整。Cloudbase-Init 不会运行。",
    "请在源 Windows 中安装：`msiexec /i CloudbaseInitSetup_x64.msi /qn`，然后重新制作镜像。",
)
FOREIGN_TOOLS = info(
    "image.foreign_tools",
    "Tools of another platform are installed: {tools}. They have no function on Huawei Cloud, and their drivers may conflict "
    "with the VirtIO drivers.",
    "No action needed if servers start normally. Otherwise, uninstall the tools in the source Windows (`appwiz.cpl`) before you "
    "create the image.",
    "安装了其他平台的工具：{tools}。它们在华为云上不起作用，其驱动还可能与 VirtIO 驱动冲突。",
    "如果服务器能正常启动，则无需处理；否则请在制作镜像前在源 Windows 中卸载（`appwiz.cpl`）。",
)
STATIC_ADDRESS = warning(
    "image.static_address",
    "A network interface has the static address {address} and does not use DHCP. Huawei Cloud assigns addresses by DHCP: a "
    "server that keeps the static address cannot be reached.",
    "In the source Windows, for each interface that `netsh interface ipv4 show config` lists, run "
    '`netsh interface ipv4 set address name="Ethernet" source=dhcp` and '
    '`netsh interface ipv4 set dnsservers name="Ethernet" source=dhcp`.',
    "某网络接口使用静态地址 {address}，未启用 DHCP。华为云通过 DHCP 分配地址；如果创建的服务器沿用该地址，将无法访问。",
    "请在源 Windows 中对 `netsh interface ipv4 show config` 列出的每个接口运行 "
    '`netsh interface ipv4 set address name="Ethernet" source=dhcp` 和 '
    '`netsh interface ipv4 set dnsservers name="Ethernet" source=dhcp`。',
)
REMOTE_DESKTOP_OFF = info(
    "image.remote_desktop_off",
    "Remote Desktop is off: a server created from this image can be reached only through VNC in the console.",
    "No action needed if VNC is enough. Otherwise, turn it on in the source Windows: "
    '`reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" '
    '/v fDenyTSConnections /t REG_DWORD /d 0 /f` and `netsh advfirewall firewall set rule group="remote desktop" new enable=yes`.',
    "远程桌面未启用：只能通过控制台的 VNC 登录使用该镜像创建的服务器。",
    '如果 VNC 已够用，则无需处理；否则请在源 Windows 中启用：`reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" '
    '/v fDenyTSConnections /t REG_DWORD /d 0 /f` 和 `netsh advfirewall firewall set rule group="remote desktop" new enable=yes`。',
)

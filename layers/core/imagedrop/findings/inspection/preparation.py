"""How far the Windows is prepared for a life on Huawei Cloud."""

from imagedrop.findings import Kind

IMAGE_STATE = Kind(
    "image.image_state",
    "warning",
    "Its set-up is not finished: the image state is {state}. A server made from it may stop in the middle of set-up, or "
    "repeat its failure at every start.",
    "In the source Windows, see `%WINDIR%\\System32\\Sysprep\\Panther\\setuperr.log`, let the set-up end, then run "
    "`sysprep /generalize /oobe /shutdown` once, and make the image again.",
    "安装或封装未完成：映像状态为 {state}。由此创建的服务器可能停在安装过程中，或每次启动都失败。",
    "请在源 Windows 中查看 `%WINDIR%\\System32\\Sysprep\\Panther\\setuperr.log`，待安装完成后运行一次 "
    "`sysprep /generalize /oobe /shutdown`，再重新制作镜像。",
)
NOT_GENERALIZED = Kind(
    "image.not_generalized",
    "info",
    "The Windows is not generalized (no sysprep): servers made from it share its name, its SID and its activation.",
    "Nothing to do if one server is made from it; for several, or in a domain: `sysprep /generalize /oobe /shutdown`, after "
    "Cloudbase-Init was installed.",
    "Windows 未通用化（未运行 sysprep）：由此创建的服务器计算机名、SID 和激活信息都相同。",
    "如果只创建一台服务器，则无需处理；创建多台或加入域时，请在安装 Cloudbase-Init 之后运行 "
    "`sysprep /generalize /oobe /shutdown`。",
)
NO_CLOUDBASE_INIT = Kind(
    "image.no_cloudbase_init",
    "warning",
    "Cloudbase-Init is not installed: a server made from it keeps the password that the image has, and knows no host name "
    "and no user data from Huawei Cloud.",
    "In the source Windows: `msiexec /i CloudbaseInitSetup_x64.msi /qn`, and make the image again. Else remember the "
    "administrator's password.",
    "未安装 Cloudbase-Init：由此创建的服务器只能使用镜像中原有的密码，也无法使用华为云的主机名和用户数据。",
    "请在源 Windows 中运行 `msiexec /i CloudbaseInitSetup_x64.msi /qn`，然后重新制作镜像；否则请记住管理员密码。",
)
CLOUDBASE_INIT_DISABLED = Kind(
    "image.cloudbase_init_disabled",
    "warning",
    "Cloudbase-Init is installed, but its service is disabled: passwords, host names and user data from Huawei Cloud do not "
    "reach a server made from it.",
    "In the source Windows: `sc config cloudbase-init start= auto`, and make the image again.",
    "已安装 Cloudbase-Init，但其服务已禁用：华为云的密码、主机名和用户数据无法传入由此创建的服务器。",
    "请在源 Windows 中运行 `sc config cloudbase-init start= auto`，然后重新制作镜像。",
)
CLOUDBASE_INIT_NOT_INSTALLED = Kind(
    "image.cloudbase_init_not_installed",
    "warning",
    "The folder of Cloudbase-Init is there, but not its service: it was copied or removed by halves, and does nothing at the "
    "start.",
    "Install it in the source Windows: `msiexec /i CloudbaseInitSetup_x64.msi /qn`, and make the image again.",
    "存在 Cloudbase-Init 的文件夹，但没有其服务：只是复制了文件或未卸载干净，启动时不起作用。",
    "请在源 Windows 中安装：`msiexec /i CloudbaseInitSetup_x64.msi /qn`，然后重新制作镜像。",
)
FOREIGN_TOOLS = Kind(
    "image.foreign_tools",
    "info",
    "Tools of another platform are installed: {tools}. They do nothing on Huawei Cloud, and their drivers may get in the way "
    "of VirtIO's.",
    "Nothing to do if servers start well with them; else uninstall them in the source Windows (`appwiz.cpl`) before the "
    "image is made.",
    "安装了其他平台的工具：{tools}。它们在华为云上不起作用，其驱动还可能与 VirtIO 驱动冲突。",
    "如果服务器能正常启动，则无需处理；否则请在制作镜像前在源 Windows 中卸载（`appwiz.cpl`）。",
)
STATIC_ADDRESS = Kind(
    "image.static_address",
    "warning",
    "A network interface has the fixed address {address} and no DHCP. Huawei Cloud gives addresses by DHCP: should a server "
    "made from the image keep it, nothing reaches it.",
    "In the source Windows, for each interface of `netsh interface ipv4 show config`: "
    '`netsh interface ipv4 set address name="Ethernet" source=dhcp` and '
    '`netsh interface ipv4 set dnsservers name="Ethernet" source=dhcp`.',
    "某网络接口使用固定地址 {address}，未启用 DHCP。华为云通过 DHCP 分配地址；如果由此创建的服务器沿用该地址，将无法访问。",
    "请在源 Windows 中对 `netsh interface ipv4 show config` 列出的每个接口运行 "
    '`netsh interface ipv4 set address name="Ethernet" source=dhcp` 和 '
    '`netsh interface ipv4 set dnsservers name="Ethernet" source=dhcp`。',
)
REMOTE_DESKTOP_OFF = Kind(
    "image.remote_desktop_off",
    "info",
    "Remote desktop is off: a server made from it is reached by the console's VNC only.",
    'Set it on in the source Windows if it is wanted: `reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" '
    '/v fDenyTSConnections /t REG_DWORD /d 0 /f` and `netsh advfirewall firewall set rule group="remote desktop" new enable=yes`.',
    "远程桌面未启用：只能通过控制台的 VNC 登录由此创建的服务器。",
    '如需启用，请在源 Windows 中运行 `reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" '
    '/v fDenyTSConnections /t REG_DWORD /d 0 /f` 和 `netsh advfirewall firewall set rule group="remote desktop" new enable=yes`。',
)

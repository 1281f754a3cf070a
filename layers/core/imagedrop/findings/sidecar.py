"""Findings about the sidecar itself: its text, single fields, and fields that contradict each other."""

from imagedrop.findings import error

# --- the text ----------------------------------------------------------------------------------------------------

EMPTY = error(
    "sidecar.empty",
    "The sidecar is empty.",
    'Write at least {{"name": "...", "owner": {{"email": "..."}}}}, or let `imagedrop init` write one from the image.',
    "描述文件为空。",
    '至少填写 {{"name": "...", "owner": {{"email": "..."}}}}；可用 `imagedrop init` 根据镜像生成。',
)
TOO_LARGE = error(
    "sidecar.too_large",
    "The sidecar is larger than {most} bytes, so it was not read.",
    "A sidecar is a short JSON file. Check that the image was not uploaded under the name of the sidecar.",
    "描述文件超过 {most} 字节，未读取。",
    "描述文件应为简短的 JSON 文件；请检查是否误将镜像以描述文件的名称上传。",
)
UTF16 = error(
    "sidecar.utf16",
    "The sidecar is encoded in {encoding}, but JSON files must be UTF-8.",
    "Save it as UTF-8 (Windows PowerShell's `>` writes UTF-16).",
    "描述文件的编码是 {encoding}，而 JSON 文件必须为 UTF-8。",
    "请另存为 UTF-8（Windows PowerShell 的 `>` 会写成 UTF-16）。",
)
NOT_UTF8 = error(
    "sidecar.not_utf8",
    "The sidecar is not valid UTF-8: byte {offset}, in line {line}, is 0x{byte}.",
    "Save it as UTF-8. Text in another encoding (GBK, Latin-1) must be converted.",
    "描述文件不是 UTF-8 编码：第 {line} 行、第 {offset} 字节为 0x{byte}。",
    "请另存为 UTF-8；以其他编码（如 GBK）输入的内容需要转换。",
)
NOT_JSON = error(
    "sidecar.not_json",
    "The sidecar is not valid JSON: line {line}, column {column}, near {near}: {why}.",
    "Correct it there. Common causes: an extra or missing comma, single quotes, a comment, an unclosed quote or bracket, "
    "single backslashes in a Windows path.",
    "描述文件不是合法的 JSON：第 {line} 行第 {column} 列，{near}附近：{why}。",
    "请修正该处。常见原因：多写或漏写逗号、使用了单引号或注释、引号或括号未闭合、Windows 路径中的反斜杠没有写成两个。",
)
TOO_DEEP = error(
    "sidecar.too_deep",
    "The sidecar nests objects or lists more than {most} levels deep (line {line}, column {column}).",
    "A sidecar needs at most four levels. Remove the nested part.",
    "描述文件中对象或列表的嵌套超过 {most} 层（第 {line} 行第 {column} 列）。",
    "描述文件最多需要四层；请删除多余的嵌套。",
)
DUPLICATE = error(
    "sidecar.duplicate_key",
    "`{field}` appears more than once, so it is not clear which one counts.",
    "Keep only one of them.",
    "`{field}` 出现了多次，无法确定以哪个为准。",
    "请只保留一个。",
)
NOT_OBJECT = error(
    "sidecar.not_object",
    "The sidecar must be a JSON object, but it is {got}.",
    "Put everything between {{ and }}.",
    "描述文件必须是 JSON 对象，但内容是{got}。",
    "请将全部内容放在 {{ 和 }} 之间。",
)
MORE = error(
    "sidecar.more",
    "{count} more errors are not listed.",
    "Correct the ones that are listed, then check again.",
    "还有 {count} 处错误未列出。",
    "请先修正已列出的错误，再重新检查。",
)

# --- one field ---------------------------------------------------------------------------------------------------

MISSING = error(
    "sidecar.missing",
    "The required field `{field}` is missing.",
    "Add `{field}`.",
    "缺少必填字段 `{field}`。",
    "请添加 `{field}`。",
)
UNKNOWN = error(
    "sidecar.unknown_field",
    "The sidecar has no field `{field}`.",
    "Rename it or remove it; valid names here: {near}.",
    "描述文件没有 `{field}` 这个字段。",
    "请改名或删除；此处可用的字段：{near}。",
)
TYPE = error(
    "sidecar.type",
    "`{field}` is {got}, but it must be {wanted}.",
    "Change it to {wanted}, or remove the field if it is optional.",
    "`{field}` 的值是{got}，应为{wanted}。",
    "请改为{wanted}；如非必填字段，也可删除。",
)
NUMBER = error(
    "sidecar.number",
    "`{field}` is not a valid JSON number (NaN, Infinity or far too large).",
    "Use an ordinary number.",
    "`{field}` 不是合法的 JSON 数字（NaN、Infinity 或过大）。",
    "请填写普通的数字。",
)
HALF_CHARACTER = error(
    "sidecar.half_character",
    "`{field}` contains half a character (a lone surrogate such as \\ud83d), which cannot be stored.",
    "Write the whole character in UTF-8.",
    "`{field}` 含有半个字符（单独的代理项，如 \\ud83d），无法存储。",
    "请以 UTF-8 写出完整的字符。",
)
CHOICE = error(
    "sidecar.choice",
    "`{field}` is {got}, which is not an allowed value.",
    "Use one of: {choices}.",
    "`{field}` 的值 {got} 不在可选范围内。",
    "可选值：{choices}。",
)
TOO_SMALL = error(
    "sidecar.too_small",
    "`{field}` is {got}, but it must be at least {bound}.",
    "Set it to {bound} or more, or remove the field if it is optional.",
    "`{field}` 的值为 {got}，不得小于 {bound}。",
    "请改为 {bound} 或更大；如非必填字段，也可删除。",
)
TOO_BIG = error(
    "sidecar.too_big",
    "`{field}` is {got}, but it must be at most {bound}.",
    "Set it to {bound} or less.",
    "`{field}` 的值为 {got}，不得大于 {bound}。",
    "请改为 {bound} 或更小。",
)
NAME = error(
    "sidecar.name",
    "`{field}` is {got}, which IMS does not accept as an image name.",
    "Use 1 to 128 letters, digits, Chinese characters, `-`, `.`, `_` and spaces, with no space at the start or end.",
    "`{field}` 的值 {got} 不能作为镜像名称。",
    "请使用 1 到 128 个字母、数字、中文、`-`、`.`、`_` 或空格，首尾不能是空格。",
)
EMAIL = error(
    "sidecar.email",
    "`{field}` is {got}, which is not an email address that imagedrop can send mail to.",
    "Enter the address of the person who should receive the result, such as name@example.com (ASCII, at most 64 characters "
    "before the @).",
    "`{field}` 的值 {got} 不是有效的邮箱地址，无法发送通知。",
    "请填写接收处理结果的人的邮箱地址，例如 name@example.com（仅 ASCII，@ 之前最多 64 个字符）。",
)
TEXT = error(
    "sidecar.text",
    "`{field}` ({got}) is too long or contains characters that are not allowed.",
    "Use one line without control characters, `<` and `>`: at most 1024 characters for a description, 128 for other fields.",
    "`{field}`（{got}）过长或包含不允许的字符。",
    "请使用单行文本，不含控制字符、`<` 和 `>`；描述最多 1024 个字符，其他字段最多 128 个。",
)
TAG_KEY = error(
    "sidecar.tag_key",
    "Not all regions of IMS accept the tag key {got} in `{field}`.",
    "Use 1 to 36 letters, digits, `_` and `-`.",
    "部分区域的 IMS 不接受 `{field}` 中的标签键 {got}。",
    "请使用 1 到 36 个字母、数字、`_` 或 `-`。",
)
TAG_VALUE = error(
    "sidecar.tag_value",
    "Not all regions of IMS accept the tag value {got} of `{field}`.",
    "Use at most 43 letters, digits, `_`, `-` and `.`.",
    "部分区域的 IMS 不接受 `{field}` 的标签值 {got}。",
    "请使用最多 43 个字母、数字、`_`、`-` 或 `.`。",
)
TAG_RESERVED = error(
    "sidecar.tag_reserved",
    "The tag `{field}` is reserved: imagedrop uses it to find the image.",
    "Use another tag key.",
    "标签 `{field}` 由 imagedrop 保留，用于查找镜像。",
    "请更换标签键。",
)
TOO_MANY = error(
    "sidecar.too_many",
    "`{field}` has {got} entries; at most {most} are allowed.",
    "Remove {over} of them.",
    "`{field}` 有 {got} 项，最多允许 {most} 项。",
    "请删除其中 {over} 项。",
)
FILE = error(
    "sidecar.file",
    "`{field}` is {got}, which is not a file name that IMS accepts.",
    "Put the file in the same folder as the image and enter only its name: 1 to 128 letters, digits, `-`, `.` and `_`, "
    "without a folder.",
    "`{field}` 的值 {got} 不是 IMS 接受的文件名。",
    "请将文件放在镜像所在的文件夹，只填写文件名：1 到 128 个字母、数字、`-`、`.` 或 `_`，不含路径。",
)
UUID = error(
    "sidecar.uuid",
    "`{field}` is {got}, but it must be an id such as 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0.",
    'Copy the id from the console (for the default enterprise project, "0" is also allowed).',
    "`{field}` 的值 {got} 不是形如 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 的 ID。",
    '请从控制台复制 ID（企业项目也可填 "0"，即默认项目）。',
)
REGION = error(
    "sidecar.region",
    "`{field}` is {got}, which is not a region id.",
    "Copy it from the console, for example cn-north-4, or remove the field.",
    "`{field}` 的值 {got} 不是区域 ID。",
    "请按控制台的写法填写，例如 cn-north-4，或删除该字段。",
)
ETAG = error(
    "sidecar.etag",
    "`{field}` is {got}, which is not an ETag.",
    "Copy the ETag of the object as OBS shows it, or remove the field.",
    "`{field}` 的值 {got} 不是 ETag。",
    "请复制 OBS 显示的对象 ETag，或删除该字段。",
)

# --- fields together ---------------------------------------------------------------------------------------------

OS_VERSION = error(
    "sidecar.os_version",
    "`os_version` is {got}, which is not a Windows version on IMS's list.",
    'Use "{near}" if you mean that, or remove the field: it is read from the image. For other systems, set `os_type` too.',
    "`os_version` 的值 {got} 不是 IMS 支持的 Windows 版本。",
    '如果是指 "{near}"，请照此填写；也可删除该字段，将从镜像中读取。其他操作系统请同时填写 `os_type`。',
)
OS_CONTRADICTION = error(
    "sidecar.os_contradiction",
    "`os_type` is {os_type}, but `os_version` is a Windows version ({got}).",
    "Correct one of them, or remove both: they are read from the image.",
    "`os_type` 为 {os_type}，而 `os_version` 是 Windows 版本（{got}）。",
    "请修正其中一个，或两个都删除，将从镜像中读取。",
)
ARM_BIOS = error(
    "sidecar.arm_needs_uefi",
    "`architecture` is arm, which starts only with UEFI, but `hw_firmware_type` is bios.",
    "Set `hw_firmware_type` to uefi or remove it, or set `architecture` to x86.",
    "`architecture` 为 arm 时只能使用 UEFI 启动，但 `hw_firmware_type` 为 bios。",
    "请将 `hw_firmware_type` 改为 uefi 或删除；或将 `architecture` 改为 x86。",
)
BMS_ENCRYPTED = error(
    "sidecar.bms_encrypted",
    "An image for bare metal servers (`type` is BMS) cannot be encrypted, but `cmk_id` is set.",
    "Remove `cmk_id`, or set `type` to ECS.",
    "用于裸金属服务器（`type` 为 BMS）的镜像不能加密，但填写了 `cmk_id`。",
    "请删除 `cmk_id`，或将 `type` 改为 ECS。",
)
FAST_CONFIGURED = error(
    "sidecar.fast_configured",
    "The fast channel (`is_quick_import`) does not change the image, so `is_config` cannot be true.",
    "Remove `is_config` and prepare the image yourself, or remove `is_quick_import`.",
    "快速通道（`is_quick_import`）不修改镜像，因此 `is_config` 不能为 true。",
    "请删除 `is_config` 并自行完成镜像配置；或删除 `is_quick_import`。",
)
WINDOWS_DISK = error(
    "sidecar.windows_min_disk",
    "`min_disk` is {got} GB, but IMS requires at least {least} GB for a Windows system disk, and 40 GB in many regions.",
    "Remove `min_disk`: imagedrop then uses the smallest size that fits the image and that IMS accepts here. For other "
    "systems, set `os_type`.",
    "`min_disk` 为 {got} GB，而 IMS 要求 Windows 系统盘至少 {least} GB（许多区域要求 40 GB）。",
    "请删除 `min_disk`，将自动使用能容纳镜像且 IMS 允许的最小值。其他操作系统请填写 `os_type`。",
)
SAME_FILE = error(
    "sidecar.same_file",
    "`{field}` is {file}, which another data disk already uses.",
    "Use a separate file for each data disk.",
    "`{field}` 与另一个数据盘使用了同一文件 {file}。",
    "每个数据盘必须使用各自的文件。",
)
RAM_ORDER = error(
    "sidecar.ram_order",
    "`min_ram` ({least} MB) is greater than `max_ram` ({most} MB).",
    "Correct one of them.",
    "`min_ram`（{least} MB）大于 `max_ram`（{most} MB）。",
    "请修正其中一个。",
)

"""Where the files are: bucket, region, storage class, encryption and names."""

from imagedrop.findings import error

DECLARATIONS = error(
    "place.declarations",
    "Operator: this installation has not accepted the two declarations that IMS requires (镜像制作承诺书, 华为镜像免责声明).",
    "Operator: read them, set IMAGEDROP_DECLARATIONS_ACCEPTED (on AWS: the stack's parameter DeclarationsAccepted) to true, and redrive the drop. Or the owner drops it again.",
    "运维人员：本系统尚未接受 IMS 要求的两项声明（镜像制作承诺书、华为镜像免责声明）。",
    "请运维人员阅读后将 IMAGEDROP_DECLARATIONS_ACCEPTED（AWS 上为堆栈参数 DeclarationsAccepted）设为 true，然后重新处理；也可由所有者重新投放。",
)
BUCKET_CLASS = error(
    "place.bucket_class",
    "Operator: the storage class of the bucket is {found}, but IMS imports only from Standard buckets.",
    "Operator: set the default storage class of the bucket to Standard. Then the owner uploads the image again.",
    "运维人员：桶的存储类别为 {found}，IMS 只能从标准存储的桶导入。",
    "请运维人员将桶的默认存储类别改为标准存储，然后由所有者重新上传镜像。",
)
OBJECT_CLASS = error(
    "place.object_class",
    "The storage class of {file} is {found}, but IMS imports only from Standard.",
    "Upload it again in the storage class Standard, or change the storage class of the object in the console.",
    "{file} 的存储类别为 {found}，IMS 只能从标准存储导入。",
    "请以标准存储重新上传，或在控制台修改对象的存储类别。",
)
ENCRYPTED_OBJECT = error(
    "place.encrypted_object",
    "{file} is encrypted in OBS with {found}. IMS can read only objects that are not encrypted or that use SSE-KMS.",
    "Upload it again without encryption or with SSE-KMS.",
    "{file} 在 OBS 中以 {found} 加密；IMS 只能读取未加密或以 SSE-KMS 加密的对象。",
    "请以不加密或 SSE-KMS 加密的方式重新上传。",
)
REGION = error(
    "place.region",
    "`region` is {said}, but this installation registers images in {found}.",
    "Drop the image in the bucket of the installation in {said}, or remove `region`.",
    "`region` 为 {said}，但本系统在 {found} 注册镜像。",
    "请投放到 {said} 区域的桶，或删除 `region`。",
)
BUCKET_REGION = error(
    "place.bucket_region",
    "Operator: the bucket is in {found}, but images are registered in {said}. IMS imports only from buckets in its own region.",
    "Operator: correct IMAGEDROP_REGION, or use a bucket in {said}.",
    "运维人员：桶位于 {found}，而镜像注册在 {said}；IMS 只能从本区域的桶导入。",
    "请运维人员修正 IMAGEDROP_REGION，或使用 {said} 的桶。",
)
FILE_NAME = error(
    "place.file_name",
    "IMS does not accept this file name: {file}.",
    "Rename the file: 1 to 128 letters, digits, `-`, `.` and `_`, no spaces. Rename the sidecar to match.",
    "IMS 不接受这样的文件名：{file}。",
    "请更名：1 到 128 个字母、数字、`-`、`.` 或 `_`，不含空格。描述文件也要相应更名。",
)
FOLDER_NAME = error(
    "place.folder_name",
    "IMS does not accept files from a folder with this name: {folder}.",
    "Use a folder name without spaces, commas and control characters.",
    "IMS 不接受位于该文件夹中的文件：{folder}。",
    "请使用不含空格、逗号和控制字符的文件夹名。",
)
CHINESE_NAME = error(
    "place.chinese_name",
    "`{field}` is {said}, but IMS in this region does not accept Chinese characters in names.",
    "Use letters, digits, `-`, `.`, `_` and spaces.",
    "`{field}` 为 {said}，该区域的 IMS 不支持中文名称。",
    "请使用字母、数字、`-`、`.`、`_` 和空格。",
)

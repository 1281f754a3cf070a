"""Files that are no disk image, or not the one that was meant to be uploaded."""

from imagedrop.findings import error, warning

EMPTY_FILE = error(
    "image.empty_file",
    "The file is empty (0 bytes), so there is nothing to register.",
    "Upload it again and compare its size with the original: `ls -l {file}`.",
    "文件为空（0 字节），无法注册。",
    "请重新上传，并与原文件比较大小：`ls -l {file}`。",
)
NOT_AN_IMAGE = error(
    "image.not_an_image",
    "This is not a disk image: it has no known header and no partition table. It begins with {start}.",
    "Find out what it is with `file {file}`, and drop a disk image "
    "(vhd, vhdx, vmdk, qcow2, qcow, qed, vdi, raw, zvhd or zvhd2).",
    "这不是磁盘镜像：其中没有已知格式的文件头，也没有分区表。文件开头为 {start}。",
    "请用 `file {file}` 查看文件类型，并投放磁盘镜像（vhd、vhdx、vmdk、qcow2、qcow、qed、vdi、raw、zvhd 或 zvhd2）。",
)
OTHER_FORMAT = error(
    "image.other_format",
    "IMS does not import files of this format: {kind}.",
    "Convert it to a format that IMS accepts: `{command}`.",
    "IMS 不支持导入该格式的文件：{kind}。",
    "请转换为 IMS 支持的格式：`{command}`。",
)
ISO = error(
    "image.iso",
    "The file is an ISO: an installation medium, not the disk of an installed Windows.",
    "Install Windows from it in a virtual machine and drop the disk of that machine. "
    "To create a disk for the installation: `qemu-img create -f qcow2 windows.qcow2 40G`.",
    "文件是 ISO：这是安装介质，而不是已安装 Windows 的磁盘。",
    "请用它在虚拟机中安装 Windows，再投放该虚拟机的磁盘；创建安装用磁盘：`qemu-img create -f qcow2 windows.qcow2 40G`。",
)
COMPRESSED_WRAPPER = error(
    "image.compressed_wrapper",
    "The file is an archive or is compressed ({kind}). IMS does not unpack it, so the import would fail.",
    "Unpack it and drop the image: `{command}`.",
    "文件是压缩文件或归档文件（{kind}）。IMS 不会解压，导入会失败。",
    "请先解压，再投放其中的镜像：`{command}`。",
)
CHUNKED_UPLOAD = error(
    "image.chunked_upload",
    "The upload program used aws-chunked encoding, and its chunk headers were stored as content: the file begins with a chunk "
    "length ({length} bytes) instead of the image, so every byte is in the wrong position.",
    "Upload the original again without aws-chunked: `AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`, or with `imagedrop drop {file}`.",
    "上传程序使用了 aws-chunked 编码，其分块标记被当作内容保存：文件以块长度（{length} 字节）开头，而不是镜像，所有字节均已错位。",
    "请关闭 aws-chunked 后重新上传原文件：`AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`，或使用 `imagedrop drop {file}`。",
)
POLYGLOT = error(
    "image.polyglot",
    "The file matches two formats, {first} and {second}, so it is not clear which disk IMS would import.",
    "Decide which format is right and convert the file: `qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`.",
    "文件同时符合两种格式：{first} 和 {second}，无法确定 IMS 会导入哪一个磁盘。",
    "请确定正确的格式后转换：`qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`。",
)
EXTENSION = warning(
    "image.extension",
    "The file name ends in .{extension}, but the content is {format}. imagedrop uses the content.",
    "Rename the file to avoid confusion: `mv {file} {better}`.",
    "文件名以 .{extension} 结尾，但内容是 {format}。以内容为准。",
    "建议改名以免误解：`mv {file} {better}`。",
)

"""No disk image at all, or not the one that was meant to be uploaded."""

from imagedrop.findings import Kind

EMPTY_FILE = Kind(
    "image.empty_file",
    "error",
    "The file has no content (0 bytes), so there is nothing to register.",
    "Upload it again and compare its size with the original: `ls -l {file}`.",
    "文件没有内容（0 字节），无法注册。",
    "请重新上传，并与原文件比较大小：`ls -l {file}`。",
)
NOT_AN_IMAGE = Kind(
    "image.not_an_image",
    "error",
    "This is no disk image: there is no header of any format in it and no partition table. It begins with {start}.",
    "See what it is with `file {file}`, and drop a disk image "
    "(vhd, vhdx, vmdk, qcow2, qcow, qed, vdi, raw, zvhd or zvhd2).",
    "这不是磁盘镜像文件：其中没有任何格式的文件头，也没有分区表。文件开头为 {start}。",
    "用 `file {file}` 查看文件类型，并投放磁盘镜像（vhd、vhdx、vmdk、qcow2、qcow、qed、vdi、raw、zvhd 或 zvhd2）。",
)
OTHER_FORMAT = Kind(
    "image.other_format",
    "error",
    "The file has a format that IMS does not import: {kind}.",
    "Make one of the formats that IMS takes: `{command}`.",
    "IMS 不支持导入该文件的格式：{kind}。",
    "转换为 IMS 支持的格式：`{command}`。",
)
ISO = Kind(
    "image.iso",
    "error",
    "The file is an ISO: an installation medium, not the disk of an installed Windows.",
    "Install Windows from it into a virtual machine and drop that machine's disk; "
    "a disk to install to: `qemu-img create -f qcow2 windows.qcow2 40G`.",
    "文件是 ISO：这是安装介质，而不是已安装 Windows 的磁盘。",
    "用它在虚拟机中安装 Windows，再投放该虚拟机的磁盘；创建安装用磁盘：`qemu-img create -f qcow2 windows.qcow2 40G`。",
)
COMPRESSED_WRAPPER = Kind(
    "image.compressed_wrapper",
    "error",
    "The file is packed ({kind}). IMS does not unpack it, so the import would fail.",
    "Unpack it and drop the image inside: `{command}`.",
    "文件是打包文件（{kind}）。IMS 不会解包，导入会失败。",
    "请先解包，再投放其中的镜像：`{command}`。",
)
CHUNKED_UPLOAD = Kind(
    "image.chunked_upload",
    "error",
    "The uploading program's aws-chunked framing was stored as content: the file begins with a chunk length "
    "({length} bytes) instead of the image. Every byte after it is displaced.",
    "Upload the original again without it: `AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`, or with `imagedrop drop {file}`.",
    "上传程序的 aws-chunked 分块标记被当作内容保存：文件以块长度（{length} 字节）开头，而不是镜像，其后所有字节均已错位。",
    "请关闭该方式后重新上传原文件：`AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`，或使用 `imagedrop drop {file}`。",
)
POLYGLOT = Kind(
    "image.polyglot",
    "error",
    "The file is two things at once, {first} and {second}. Which disk IMS would see cannot be said.",
    "Decide which one is meant and write it anew: `qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`.",
    "文件同时符合两种格式：{first} 和 {second}，无法判断 IMS 会识别成哪一种。",
    "请确定格式后重新生成：`qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`。",
)
EXTENSION = Kind(
    "image.extension",
    "warning",
    "The name ends in .{extension}, but the content is {format}. The content is what counts.",
    "Rename it so that nobody is misled: `mv {file} {better}`.",
    "文件名以 .{extension} 结尾，但内容是 {format}。以内容为准。",
    "建议改名以免误解：`mv {file} {better}`。",
)

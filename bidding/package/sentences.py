"""What each refusal is called by machines, and says to persons in both languages.

`{member}` is the member's name in quotes; other facts stand in the sentence by their names. docs/spec/sealed-bid.md has
the codes; a test compares.
"""

from collections.abc import Mapping
from types import MappingProxyType

from statutes.said import Said

_CONTAINER = {
    "not-a-zip": Said(
        "文件开头不是ZIP条目：请用本程序或zip打包，ZIP之前不得有其他字节。",
        "The file does not begin with an entry of a ZIP: pack it anew, with nothing before the ZIP.",
    ),
    "cut-short": Said("文件不完整，中途结束。", "The file ends in the middle: it was cut short."),
    "between": Said(
        "ZIP成员之间有不属于任何成员的字节。",
        "Between the ZIP's members stand bytes that belong to none of them.",
    ),
    "appended": Said("ZIP结束之后还有其他字节。", "There are bytes after the end of the ZIP."),
    "zip64": Said(
        "成员{member}使用了ZIP64；投标文件包须小于4 GiB，请勿使用ZIP64。",
        "The member {member} uses ZIP64: a package is smaller than 4 GiB and does without it.",
    ),
    "encrypted": Said(
        "成员{member}已加密：包内不得另行加密，密封由age完成。",
        "The member {member} is encrypted: nothing in a package is, the seal is around it.",
    ),
    "streamed": Said(
        "成员{member}以流方式写入（数据描述符），大小在内容之后才给出：请从磁盘文件打包。",
        "The member {member} has its size behind its content (a data descriptor): zip it from a file, not from a pipe.",
    ),
    "flags": Said(
        "成员{member}的ZIP标志位{flags:#06x}不被接受。",
        "The member {member} has the ZIP flags {flags:#06x}, which a package does not use.",
    ),
    "method": Said(
        "成员{member}的压缩方式{method}不被接受：只能存储（0）或deflate（8）。",
        "The member {member} is compressed by method {method}: only stored (0) and deflated (8) are taken.",
    ),
    "extra": Said(
        "成员{member}带有附加字段{field:#06x}：请用zip -X打包。",
        "The member {member} has the extra field {field:#06x}: zip it with -X.",
    ),
    "comment": Said(
        "ZIP带有注释（{member}）：不得有注释。", "The ZIP has a comment ({member}): it may have none."
    ),
    "directory-mismatch": Said(
        "成员{member}在ZIP目录中的记载与其自身不一致。",
        "What the ZIP's directory says of the member {member} is not what stands before the member itself.",
    ),
    "directory-end": Said(
        "ZIP目录的结尾记录与内容不符。",
        "The end record of the ZIP's directory does not fit what is in the ZIP.",
    ),
    "not-a-file": Said(
        "成员{member}不是普通文件（目录、符号链接等）：请只打包文件（zip -D）。",
        "The member {member} is no plain file but a folder, a link or the like: zip files alone (zip -D).",
    ),
    "damaged": Said(
        "成员{member}已损坏：解压失败或CRC不符。",
        "The member {member} is damaged: it does not unpack, or its CRC is wrong.",
    ),
    "size": Said(
        "成员{member}的实际大小与声明不符。",
        "The member {member} is longer or shorter than it says of itself.",
    ),
    "too-many": Said(
        "包内成员超过{limit}个。",
        "There are more members than the {limit} that a package may have; the first too many is {member}.",
    ),
    "too-large": Said(
        "到成员{member}为止，解包后超过{limit}字节。",
        "With the member {member} the package unpacks to more than {limit} bytes.",
    ),
    "ratio": Said(
        "成员{member}的压缩比超过{limit}，疑为压缩炸弹。",
        "The member {member} unpacks to more than {limit} times its size, as zip bombs do: store it uncompressed.",
    ),
}

_NAMES = {
    "name-encoding": Said(
        "成员{member}的名称不是UTF-8（可能是GBK）：请用UTF-8名称打包。",
        "The name of the member {member} is not UTF-8 (GBK, perhaps): zip it with names in UTF-8.",
    ),
    "name-path": Said(
        "成员{member}的名称不是安全的相对路径：不得有绝对路径、盘符、反斜杠、空段、“.”或“..”。",
        "The name {member} is no safe relative path: none begins with / or a drive, has a backslash, or a step that is "
        'empty, "." or "..".',
    ),
    "name-characters": Said(
        '成员{member}的名称含有不可用的字符：控制符、不可见字符或<>:"|?*，或以空格、句点结尾。',
        "The name {member} has characters that not every system can keep or show: control or invisible ones, any of "
        '<>:"|?*, or a space or full stop at an end.',
    ),
    "name-form": Said(
        "成员{member}的名称不是Unicode规范形式NFC。", "The name {member} is not in Unicode's normal form NFC."
    ),
    "name-long": Said(
        "成员{member}的名称过长：每段至多255字节，总计至多{limit}字节。",
        "The name {member} is too long: 255 bytes a step and {limit} in all.",
    ),
    "name-place": Said(
        "成员{member}不在其位：文件放在documents/之下，此外只有bid.json、guarantee.json、manifest.json、signature.json。",
        "The member {member} is out of place: documents are under documents/, beside them stand only bid.json, "
        "guarantee.json, manifest.json and signature.json.",
    ),
    "duplicate": Said(
        "成员{member}与另一成员同名（含大小写或Unicode写法不同），或与其文件夹冲突。",
        "The member {member} has the name of another (be it in other letters or another Unicode form), or of a folder.",
    ),
}

_CONTENT = {
    "manifest-first": Said(
        "第一个成员须为manifest.json，第二个须为signature.json；此处为{member}。",
        "The first member is manifest.json and the second signature.json; here stands {member}.",
    ),
    "unlisted": Said("成员{member}不在清单中。", "The member {member} is not in the manifest."),
    "missing": Said(
        "清单中的成员{member}不在包内。", "The member {member} is in the manifest and not in the package."
    ),
    "size-differs": Said(
        "成员{member}的大小与清单不符。", "The member {member} has another size than the manifest says."
    ),
    "hash-differs": Said(
        "成员{member}的SHA-256与清单不符。", "The member {member} has another SHA-256 than the manifest says."
    ),
    "changed": Said(
        "打包时文件{member}发生了变化：请重新打包。",
        "The file {member} changed while it was packed: pack again.",
    ),
}

_RECORDS = {
    "json-long": Said("{member}超过{limit}字节。", "{member} has more than {limit} bytes."),
    "json": Said(
        "{member}不是规范的JSON（RFC 8785）：{reason}。",
        "{member} is not canonical JSON (RFC 8785): {reason}.",
    ),
    "schema": Said("{member}不符合其格式：{reason}。", "{member} is not of its schema: {reason}."),
    "form-kind": Said(
        "{member}的类型应为{expected}。", "{member} should be of the type {expected} in this part of the bid."
    ),
}

_BINDINGS = {
    "other-log": Said(
        "该文件包属于另一平台的账本（{found}），不能用于此处。",
        "The package was made for another log ({found}).",
    ),
    "other-lot": Said(
        "该文件包是为标段{found}制作的，不能用于标段{expected}。",
        "The package was made for the lot {found}, and does not count in the lot {expected}.",
    ),
    "other-part": Said(
        "该文件包是{found}部分，不能作为{expected}部分。",
        "The package is a bid's part {found}, and does not count as its part {expected}.",
    ),
    "other-bid": Said(
        "该文件包属于另一份投标（另一投标密钥）：不得复制到本投标。",
        "The package was made for another bid, with another key: a copy of it does not count in this one.",
    ),
    "other-bidder": Said(
        "签名方与{member}中的投标人不是同一单位。",
        "The package is signed by another party than the bidder named in {member}.",
    ),
}

_SIGNERS = {
    "signature": Said(
        "清单的签名无效：内容在签名后有改动，或不是该密钥所签。",
        "The signature on the manifest does not hold: it was changed after it was signed, or another key signed.",
    ),
    "signer": Said(
        "签名密钥或证书不被接受：{reason}。", "The signing key or certificate is not accepted: {reason}."
    ),
}

_SEALED = {
    "not-age": Said("不是二进制age文件：{reason}。", "Not a binary age file: {reason}."),
    "armored": Said(
        "文件为文本形式（armor）：请不加-a重新密封。", "The file is in text form (armor): seal it without -a."
    ),
    "no-lot-stanza": Said(
        "文件没有密封给任何标段公钥：请用标段的age1…公钥密封。",
        "The file is sealed to no key of a lot: seal it to the lot's age1... recipient. ({reason})",
    ),
    "own-first": Said(
        "自己的公钥排在标段公钥之前：密封时标段的-r须在最前。",
        "Your own recipient stands before the lot's: give the lot's -r first when you seal.",
    ),
    "sealed-size": Said(
        "密封后超过本部分的上限{limit}字节。",
        "The sealed file has more than the {limit} bytes that this part takes.",
    ),
    "sealed-differs": Said(
        "密封文件与登记的不一致（{what}）：文件已被改动或替换。",
        "The sealed file is not the one that was described ({what} differs): it was changed or replaced.",
    ),
    "no-proof": Said(
        "本标段要求知悉证明，age程序不能生成：请用sunseal bid seal密封。",
        "This part asks for the proof of knowledge, which a stock age program cannot make: seal with sunseal bid seal.",
    ),
    "does-not-open": Said(
        "自己的密钥打不开该文件：{reason}。", "Your own key does not open the file: {reason}."
    ),
    "unknown-part": Said(
        "本标段没有名为{found}的部分；有：{parts}。", "The lot has no part {found}; it has {parts}."
    ),
}

SENTENCES: Mapping[str, Said] = MappingProxyType(
    {**_CONTAINER, **_NAMES, **_CONTENT, **_RECORDS, **_BINDINGS, **_SIGNERS, **_SEALED}
)

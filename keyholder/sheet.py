"""The backup sheet: one self-contained page to print, in 中文 and English, with the words, the QR code and what to do.

It holds the secret itself. Whoever makes it prints it and deletes the file; it loads nothing and runs nothing.
"""

from html import escape

from keyholder import backup

_STYLE = """
@page { size: A4; margin: 18mm }
body { font: 12pt/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #000 }
h1 { font-size: 18pt; margin: 0 0 2mm } h2 { font-size: 12pt; margin: 6mm 0 2mm }
ol { columns: 4; padding-left: 8mm; margin: 0; font-size: 13pt } li { break-inside: avoid; padding: .6mm 0 }
.keep { border: .6mm solid #000; padding: 3mm 4mm; margin: 3mm 0 } .row { display: flex; gap: 8mm; align-items: center }
code { font-family: monospace; overflow-wrap: anywhere } svg { width: 52mm; height: 52mm; flex: none }
p { margin: 1.5mm 0 } td { padding: 0 4mm 0 0; vertical-align: top }
"""


def make(name: str, seed: bytes, signing_key: str, date: str) -> bytes:
    """The page, UTF-8. `date` is written as it is given."""
    english, chinese = (
        _list(backup.to_words(seed, language)) for language in (backup.ENGLISH, backup.CHINESE)
    )
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(name)}</title><style>{_STYLE}</style></head><body>
<h1>密钥备份 · Key backup</h1>
<table><tr><td>密钥持有人 Keyholder</td><td><b>{escape(name)}</b></td></tr>
<tr><td>日期 Date</td><td>{escape(date)}</td></tr>
<tr><td>公钥 Public key</td><td><code>{escape(signing_key)}</code></td></tr></table>
<div class="keep">
<p><b>谁拿到这张纸，谁就是这位密钥持有人。</b>请密封，放入保险柜；不要拍照、复印或输入任何网站。打印后立即删除文件。</p>
<p><b>Whoever has this sheet is this keyholder.</b> Seal it and lock it in a safe. Do not photograph, copy or type it
into any web page. Delete the file as soon as it is printed.</p></div>
<h2>助记词(24 个字，简体中文)</h2>{chinese}
<h2>The 24 words (English)</h2>{english}
<p>两组说的是同一把密钥，任用其一。 Both say the same key; either will do.</p>
<div class="row">{backup.qr_svg(seed)}<div>
<h2>电脑丢失或损坏时 · When the machine is lost</h2>
<p>1. 在一台干净的电脑上安装阳光标。 Install Sunseal on a clean machine.</p>
<p>2. <code>sunseal keyholder recover {escape(name)} --platform … --policy … --supervisor …</code></p>
<p>3. 按顺序输入助记词，或扫描二维码得到的 64 位字符。 Type the words in order, or the 64 digits of the QR code.</p>
<p>4. 确认原电脑永不再启动，再接受见证状态。 Be certain that the old machine never runs again; then accept the
state of the witness.</p>
<p>若怀疑本页被他人看过，请立即告知监督部门，另立新组。 If somebody else may have seen this sheet, tell the supervisor
at once: a new group is made.</p></div></div>
</body></html>
""".encode()


def _list(words: list[str]) -> str:
    return "<ol>" + "".join(f"<li>{escape(word)}</li>" for word in words) + "</ol>"

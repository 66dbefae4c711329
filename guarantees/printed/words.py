"""The words of the letter, in both languages. Braces are filled from the undertaking."""

from collections.abc import Mapping
from types import MappingProxyType

from guarantees.undertaking import (
    ELECTRONIC,
    NO_PERFORMANCE_BOND,
    NO_RULES,
    NOT_SIGNED,
    PAPER,
    URDG,
    WITHDRAWN,
)
from statutes.said import Said

WORDS: Mapping[str, Said] = MappingProxyType(
    {
        "title": Said("投标保函", "Bid guarantee"),
        "number": Said("保函编号：{number}", "Guarantee No.: {number}"),
        "to": Said("致：{beneficiary}（统一社会信用代码{code}）", "To: {beneficiary} (credit code {code})"),
        "sum": Said("{amount}（{capital}）", "{amount} ({capital})"),
        "fact": Said("{what}：{text}", "{what}: {text}"),
        "whereas": Said(
            "鉴于{applicant}（统一社会信用代码{applicant_code}，以下称“申请人”）参加贵方“{tender_title}”（招标编号{tender}）"
            "“{lot_title}”（标段编号{lot}）的投标，应申请人的要求，我方{issuer}（统一社会信用代码{issuer_code}）特此向贵方"
            "开立本保函。",
            '{applicant} (credit code {applicant_code}, the applicant) bids in your tender "{tender_title}" '
            '({tender}), lot "{lot_title}" ({lot}). At the applicant\'s request we, {issuer} (credit code '
            "{issuer_code}), hereby issue to you this guarantee.",
        ),
        "promise_first_demand": Said(
            "我方不可撤销地承诺：在保函有效期内收到贵方符合本保函条款的索赔后，无须贵方证明其内容属实，即向贵方支付总额不超过"
            "{amount}（{capital}）的款项。",
            "We irrevocably undertake to pay you, upon receipt within the validity of this guarantee of a demand that "
            "complies with its terms and without proof of its truth, a sum not exceeding {amount} ({capital}).",
        ),
        "promise": Said(
            "我方承诺：在保函有效期内收到贵方符合本保函条款的索赔并附所列单据后，向贵方支付总额不超过{amount}（{capital}）的"
            "款项。",
            "We undertake to pay you, upon receipt within the validity of this guarantee of a demand that complies "
            "with its terms and has the documents listed, a sum not exceeding {amount} ({capital}).",
        ),
        "terms": Said("条款", "Terms"),
        "amount": Said("最高担保金额", "Maximum amount"),
        "issued": Said("开立时间", "Issued"),
        "expiry": Said("失效时间", "Expires"),
        "event": Said("失效事件", "Expiry event"),
        "grounds": Said("索赔事由", "Grounds of demand"),
        "documents": Said("索赔所附单据", "Documents of a demand"),
        "more": Said("", ""),
        "statement": Said(
            "贵方说明申请人违约事由的索赔声明", "your statement in what respect the applicant is in breach"
        ),
        "manner": Said("索赔方式", "Demands"),
        "partial": Said("允许部分索赔", "partial demands are allowed"),
        "whole": Said("不允许部分索赔", "partial demands are not allowed"),
        "multiple": Said("允许多次索赔", "more than one demand may be made"),
        "single": Said("只可索赔一次", "one demand alone may be made"),
        "presentation": Said("交单", "Presentation"),
        "revocable": Said("可撤销性", "Revocability"),
        "irrevocable": Said("不可撤销", "irrevocable"),
        "may_be_revoked": Said("可撤销", "revocable"),
        "transfer": Said("可否转让", "Transfer"),
        "transferable": Said("可以转让", "transferable"),
        "not_transferable": Said("不可转让", "not transferable"),
        "charges": Said("费用承担", "Charges"),
        "rules": Said("适用规则", "Rules"),
        "law": Said("适用法律", "Governing law"),
        "languages": Said("语言", "Languages"),
        "text": Said("特别约定", "Further terms"),
        "prevails": Said(
            "本函与签名的电子保函不一致的，以电子保函为准；特别约定与其他各栏不一致的，以其他各栏为准；"
            "中英文不一致的，以{language}为准。",
            "Should this letter differ from the signed electronic guarantee, the latter counts; should its further "
            "terms differ from its other fields, those count; should the two languages differ, {language} counts.",
        ),
        "proof": Said("核验信息", "Verification"),
        "code": Said("校验码", "Check code"),
        "document": Said("电子保函SHA-256", "SHA-256 of the guarantee"),
        "key": Said("保证人签名密钥", "Guarantor's signing key"),
        "chain": Said("区块链", "Chain"),
        "chain_value": Said("链号{chain}，合约0x{registry}", "number {chain}, contract 0x{registry}"),
        "id": Said("链上编号", "Id on chain"),
        "scan": Said("扫码核验", "Scan to check"),
        "hint": Said(
            "扫描二维码或访问{place}，即可核验本保函是否有效；开标前只显示有效与否。",
            "Scan the code or visit {place} to check this guarantee; before the opening nothing but its validity is "
            "shown.",
        ),
        "none": Said("无", "none"),
    }
)

GROUNDS: Mapping[str, Said] = MappingProxyType(
    {
        WITHDRAWN: Said("投标截止后撤销投标文件", "the bid is withdrawn after the deadline"),
        NOT_SIGNED: Said(
            "中标后无正当理由不与招标人订立合同，或在签订合同时提出附加条件",
            "the winner does not sign the contract without good reason, or asks for other terms",
        ),
        NO_PERFORMANCE_BOND: Said(
            "中标后不按照招标文件要求提交履约保证金", "the winner does not provide the performance bond"
        ),
    }
)

VALUES: Mapping[str, Mapping[str, Said]] = MappingProxyType(
    {
        "form": {ELECTRONIC: Said("电子交单", "electronically"), PAPER: Said("纸质交单", "on paper")},
        "charges": {
            "applicant": Said("由申请人承担", "borne by the applicant"),
            "beneficiary": Said("由受益人承担", "borne by the beneficiary"),
        },
        "rules": {
            URDG: Said(
                "国际商会《见索即付保函统一规则》（URDG 758）",
                "ICC Uniform Rules for Demand Guarantees (URDG 758)",
            ),
            NO_RULES: Said("不适用统一规则", "no uniform rules"),
        },
        "law": {"CN": Said("中华人民共和国法律", "the law of the People's Republic of China")},
        "language": {"zh": Said("中文", "Chinese"), "en": Said("英文", "English")},
    }
)

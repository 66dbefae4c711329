"""One entry of each type of guarantors and guarantees."""

from ledger.entries import (
    Entry,
    GuaranteeAmended,
    GuaranteeChecked,
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeProductPublished,
    GuaranteeProductWithdrawn,
    GuaranteeReleased,
    GuaranteesReconciled,
    GuarantorListed,
    GuarantorResumed,
    GuarantorSuspended,
)

HASH, CODE, ORIGIN, KEY, SIGNATURE = "ab" * 32, "91110000600037341L", "ledger.example", "cd" * 32, "ef" * 64
RECIPIENT = "age1" + "q" * 58


def guarantee_examples() -> list[Entry]:
    return [
        GuarantorListed(
            *(ORIGIN, CODE, "甲银行", "11" * 20, "abcd", RECIPIENT),
            *(1_800_000_000, 1_900_000_000, KEY, SIGNATURE),
        ),
        GuarantorSuspended(ORIGIN, CODE, "capital", KEY, SIGNATURE),
        GuarantorResumed(ORIGIN, CODE, "capital", KEY, SIGNATURE),
        GuaranteeProductPublished(CODE, "bid-standard", 1, HASH),
        GuaranteeProductWithdrawn(CODE, "bid-standard", 1),
        GuaranteeChecked("lot-1", 4, HASH, HASH, "invalid", ("amount-short",)),
        GuaranteePresented(HASH, "lot-1", 4, CODE, "BH-2026-0001", HASH, 80_000_000, "CNY", 1_800_000_000),
        GuaranteeReleased(HASH, "contract", 1_800_000_000, 1_799_000_000),
        GuaranteeDemanded(HASH, 1, 80_000_000, 0, HASH, 1_800_000_000, 1_799_000_000),
        GuaranteePaid(HASH, 1, HASH, 1_799_000_000),
        GuaranteeDemandRefused(HASH, 1, HASH, 1_799_000_000),
        GuaranteeExtended(HASH, 1, 1_800_000_000, 1_799_000_000),
        GuaranteeAmended(HASH, 1, HASH),
        GuaranteeExpired(HASH, 1_800_000_000),
        GuaranteesReconciled(1000, 20, 0),
    ]

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Slot, State, pack} from "./Slot.sol";

/// @title The life of bid guarantees, from issue to their end
/// @author Sunseal
/// @notice A licensed guarantor commits to a guarantee without telling for whom, for which lot or for how much.
/// Whoever holds the opening presents it once bids are open; from then on the beneficiary may demand or release.
/// A guarantor can neither cancel nor shorten what it has issued, and nobody can change this code.
/// @dev docs/spec/guarantee.md has the bytes, the state machine and who may do what. No money moves here: `pay`
/// records the guarantor's statement that it paid. Nothing calls out of this contract, so nothing re-enters it.
/// Comparing times with the block's (slither's "timestamp", not reported here) is meant: a validator can shift them
/// by seconds, the terms run for days, and all comparisons are by whole seconds.
contract GuaranteeRegistry is AccessControlDefaultAdminRules, EIP712 {
    /// @notice A guarantee as it stands, for readers.
    struct Guarantee {
        State state;
        address beneficiary;
        uint40 expiry;
        uint40 answerBy;
        uint8 extensionDays;
    }

    /// @notice One guarantee of a batch: its commitment, and the last second (POSIX) at which it can be demanded.
    struct Undertaking {
        bytes32 commitment;
        uint40 expiry;
    }

    /// @dev A struct of one, so that a reference to it finds its place once for reading and writing.
    struct Kept {
        Slot slot;
    }

    /// @notice What a commitment hides.
    /// @dev `amount` is in the smallest unit of the document's currency (fen). `document` is the SHA-256 of the
    /// guarantee as its guarantor signed it, which names lot, bidder, currency and all else. `salt` is 32 random
    /// bytes, new for each guarantee: without it the rest could be guessed.
    struct Terms {
        bytes32 document;
        bytes32 salt;
        uint96 amount;
        address beneficiary;
        address guarantor;
    }

    /// @notice Holders license and suspend guarantors.
    bytes32 public constant REGULATOR_ROLE = keccak256("REGULATOR_ROLE");

    /// @notice Holders are licensed to issue. Losing it takes nothing from what was issued.
    bytes32 public constant GUARANTOR_ROLE = keccak256("GUARANTOR_ROLE");

    /// @notice The EIP-712 type of what is committed to.
    bytes32 public constant GUARANTEE_TYPEHASH =
        keccak256("Guarantee(bytes32 document,bytes32 salt,uint96 amount,address beneficiary,address guarantor)");

    /// @notice How many seconds a guarantor has to refuse a demand or to extend. Paying is never too late.
    uint40 public immutable EXAMINATION_PERIOD;

    mapping(bytes32 id => Kept) private _kept;

    /// @notice A guarantor bound itself, until `expiry`, to what `commitment` hides.
    /// @param id The guarantee's id: keccak256 of guarantor and commitment.
    /// @param guarantor Who is bound.
    /// @param commitment The EIP-712 digest of the terms.
    /// @param expiry The last second at which it can be demanded.
    event Issued(bytes32 indexed id, address indexed guarantor, bytes32 commitment, uint40 expiry);

    /// @notice The terms were revealed, and they are those of the commitment.
    /// @param id The guarantee.
    /// @param beneficiary Who may demand and release.
    /// @param amount The most that can be demanded, in the smallest unit of the document's currency.
    /// @param document SHA-256 of the signed guarantee.
    event Presented(bytes32 indexed id, address beneficiary, uint96 amount, bytes32 document);

    /// @notice The beneficiary asked for the money.
    /// @param id The guarantee.
    /// @param answerBy The last second for refusal or extension; with the id it names this demand.
    /// @param amount What is demanded.
    /// @param extensionDays The extension the beneficiary would take instead, in days; 0 for none.
    /// @param statement SHA-256 of the statement of demand.
    event Demanded(
        bytes32 indexed id, uint40 indexed answerBy, uint96 amount, uint8 extensionDays, bytes32 statement
    );

    /// @notice The guarantor states that it paid what was demanded. Final.
    /// @param id The guarantee.
    /// @param answerBy Names the demand.
    /// @param payment SHA-256 of the proof of payment.
    event Paid(bytes32 indexed id, uint40 indexed answerBy, bytes32 payment);

    /// @notice The guarantor refused the demand. A better one may follow before the expiry.
    /// @param id The guarantee.
    /// @param answerBy Names the demand.
    /// @param grounds SHA-256 of the notice of refusal.
    event Refused(bytes32 indexed id, uint40 indexed answerBy, bytes32 grounds);

    /// @notice The guarantor took the extension that the demand offered, and the demand is gone.
    /// @param id The guarantee.
    /// @param answerBy Names the demand.
    /// @param expiry The new expiry.
    event Extended(bytes32 indexed id, uint40 indexed answerBy, uint40 expiry);

    /// @notice The beneficiary let the guarantor go. Final.
    /// @param id The guarantee.
    event Released(bytes32 indexed id);

    /// @notice An examination period of no seconds would let nobody refuse; one of over a year nobody wait.
    error ExaminationPeriodOutOfRange(uint40 examinationPeriod);

    /// @notice A batch of nothing.
    error EmptyBatch();

    /// @notice An expiry that does not lie in the future.
    error ExpiryNotInFuture(uint40 expiry);

    /// @notice This guarantor has issued this commitment before.
    error AlreadyIssued(bytes32 id);

    /// @notice No guarantee with this id: another guarantor's, other terms, another salt, chain or registry.
    error NotIssued(bytes32 id);

    /// @notice The guarantee stands elsewhere than this act needs.
    error WrongState(bytes32 id, State found);

    /// @notice Terms that could never be honoured: no beneficiary, the guarantor as its own, or no amount.
    error MeaninglessTerms(bytes32 id);

    /// @notice Only the beneficiary may do this.
    error NotBeneficiary(bytes32 id, address caller);

    /// @notice A demand for nothing or for more than is guaranteed.
    error AmountOutOfRange(uint96 demanded, uint96 guaranteed);

    /// @notice The extension would end before the guarantor has to answer.
    error ExtensionTooShort(uint40 expiry, uint40 answerBy);

    /// @notice A demand in the second of an earlier one: the two could not be told apart.
    error DemandTooSoon(bytes32 id, uint40 answerBy);

    /// @notice The answer is to another demand than the open one.
    error AnotherDemand(bytes32 id, uint40 answerBy);

    /// @notice The time to refuse or extend is over: what remains is to pay.
    error AnswerTooLate(bytes32 id, uint40 answerBy);

    /// @notice The demand offers no extension.
    error NoExtensionOffered(bytes32 id);

    /// @notice Fixes who governs and how long an examination lasts.
    /// @param admin Appoints regulators; hands its role over in two steps.
    /// @param adminDelay Seconds between those steps.
    /// @param regulator The first holder of REGULATOR_ROLE.
    /// @param examinationPeriod Seconds to refuse a demand: at least five business days, holidays included.
    constructor(address admin, uint48 adminDelay, address regulator, uint40 examinationPeriod)
        AccessControlDefaultAdminRules(adminDelay, admin)
        EIP712("Sunseal GuaranteeRegistry", "1")
    {
        if (examinationPeriod == 0 || examinationPeriod > 365 days) {
            revert ExaminationPeriodOutOfRange(examinationPeriod);
        }
        EXAMINATION_PERIOD = examinationPeriod;
        _setRoleAdmin(GUARANTOR_ROLE, REGULATOR_ROLE);
        _grantRole(REGULATOR_ROLE, regulator);
    }

    /// @notice Lets a guarantor issue. Emits RoleGranted, unless it is licensed already.
    /// @param guarantor Whom.
    function license(address guarantor) external {
        grantRole(GUARANTOR_ROLE, guarantor);
    }

    /// @notice Stops a guarantor from issuing. Emits RoleRevoked, unless it is not licensed.
    /// @dev It stays bound by what it issued, and may pay, refuse and extend.
    /// @param guarantor Whom.
    function suspend(address guarantor) external {
        revokeRole(GUARANTOR_ROLE, guarantor);
    }

    /// @notice Binds the caller, a licensed guarantor, until `expiry` to what `commitment` hides.
    /// @dev A commitment copied from someone else's transaction is harmless: ids are made of guarantor and
    /// commitment, so it hinders nobody, and the terms inside name another guarantor, so nobody can present it.
    /// @param commitment The EIP-712 digest of the terms.
    /// @param expiry The last second (POSIX) at which it can be demanded.
    /// @return id The guarantee's id.
    function issue(bytes32 commitment, uint40 expiry) external onlyRole(GUARANTOR_ROLE) returns (bytes32 id) {
        return _issue(commitment, expiry);
    }

    /// @notice Issues many at once, all or none.
    /// @param undertakings The guarantees.
    function issueBatch(Undertaking[] calldata undertakings) external onlyRole(GUARANTOR_ROLE) {
        if (undertakings.length == 0) revert EmptyBatch();
        for (uint256 i = 0; i < undertakings.length; ++i) {
            _issue(undertakings[i].commitment, undertakings[i].expiry);
        }
    }

    /// @notice Reveals the terms of an issued guarantee. Anybody who holds them may; it comes to the same.
    /// @param terms What the commitment hides.
    function present(Terms calldata terms) external {
        (address guarantor, address beneficiary, uint96 amount) = (terms.guarantor, terms.beneficiary, terms.amount);
        bytes32 id = idOf(guarantor, commitmentOf(terms));
        Kept storage kept = _kept[id];
        Slot slot = kept.slot;
        if (!slot.isIn(State.Issued)) _revertFor(id, slot);
        if (slot.isExpired()) _revertFor(id, slot);
        // One by one: a condition of three costs 60 gas more.
        if (beneficiary == address(0)) revert MeaninglessTerms(id);
        if (beneficiary == guarantor) revert MeaninglessTerms(id);
        if (amount == 0) revert MeaninglessTerms(id);
        kept.slot = slot.presentedTo(beneficiary);
        emit Presented(id, beneficiary, amount, terms.document);
    }

    /// @notice The beneficiary demands money, or an extension in its place if it offers one.
    /// @param terms The terms as presented: they prove the most that can be demanded.
    /// @param amount How much, in the smallest unit of the document's currency.
    /// @param extensionDays Days the guarantor may add to the expiry instead of paying; 0 for none.
    /// @param statement SHA-256 of the statement of demand.
    /// @return answerBy The last second for refusal or extension; with the id it names this demand.
    function demand(Terms calldata terms, uint96 amount, uint8 extensionDays, bytes32 statement)
        external
        returns (uint40 answerBy)
    {
        bytes32 id = idOf(terms.guarantor, commitmentOf(terms));
        Slot slot = _kept[id].slot;
        _requireStanding(id, slot);
        if (msg.sender != terms.beneficiary) revert NotBeneficiary(id, msg.sender);
        if (amount == 0 || amount > terms.amount) revert AmountOutOfRange(amount, terms.amount);
        answerBy = uint40(block.timestamp) + EXAMINATION_PERIOD;
        if (answerBy <= slot.answerBy()) revert DemandTooSoon(id, slot.answerBy());
        if (extensionDays != 0) {
            uint40 extended = _extended(slot.expiry(), extensionDays);
            if (extended <= answerBy) revert ExtensionTooShort(extended, answerBy);
        }
        _kept[id].slot = pack(terms.beneficiary, slot.expiry(), answerBy, extensionDays, State.Demanded);
        emit Demanded(id, answerBy, amount, extensionDays, statement);
    }

    /// @notice The guarantor answers a demand by paying it. It may do so however late, and while suspended.
    /// @param commitment The commitment it issued.
    /// @param answerBy Names the demand, so that an answer sent twice never meets a later one.
    /// @param payment SHA-256 of the proof of payment.
    function pay(bytes32 commitment, uint40 answerBy, bytes32 payment) external {
        (bytes32 id, Slot slot) = _openDemand(commitment, answerBy);
        _kept[id].slot = slot.withState(State.Paid);
        emit Paid(id, answerBy, payment);
    }

    /// @notice The guarantor answers a demand by refusing it, in time; also while suspended.
    /// @param commitment The commitment it issued.
    /// @param answerBy Names the demand.
    /// @param grounds SHA-256 of the notice of refusal.
    function refuse(bytes32 commitment, uint40 answerBy, bytes32 grounds) external {
        (bytes32 id, Slot slot) = _openDemand(commitment, answerBy);
        if (block.timestamp > answerBy) revert AnswerTooLate(id, answerBy);
        _kept[id].slot = slot.withState(State.Refused);
        emit Refused(id, answerBy, grounds);
    }

    /// @notice The guarantor answers a demand by taking the extension it offers, in time; also while suspended.
    /// @param commitment The commitment it issued.
    /// @param answerBy Names the demand.
    function extend(bytes32 commitment, uint40 answerBy) external {
        (bytes32 id, Slot slot) = _openDemand(commitment, answerBy);
        if (slot.extensionDays() == 0) revert NoExtensionOffered(id);
        if (block.timestamp > answerBy) revert AnswerTooLate(id, answerBy);
        uint40 expiry = _extended(slot.expiry(), slot.extensionDays());
        _kept[id].slot = pack(slot.beneficiary(), expiry, answerBy, 0, State.Presented);
        emit Extended(id, answerBy, expiry);
    }

    /// @notice The beneficiary lets the guarantor go. Not while its own demand is open.
    /// @param id The guarantee.
    function release(bytes32 id) external {
        Slot slot = _kept[id].slot;
        _requireStanding(id, slot);
        if (msg.sender != slot.beneficiary()) revert NotBeneficiary(id, msg.sender);
        _kept[id].slot = slot.withState(State.Released);
        emit Released(id);
    }

    /// @notice A guarantee as it stands now, its state by the clock. All zero if there is none.
    /// @param id The guarantee.
    /// @return Its beneficiary is zero until it is presented; answerBy and extensionDays are its newest demand's.
    function guaranteeOf(bytes32 id) external view returns (Guarantee memory) {
        Slot slot = _kept[id].slot;
        return Guarantee(
            slot.current(), slot.beneficiary(), slot.expiry(), slot.answerBy(), slot.extensionDays()
        );
    }

    /// @notice The digest that `issue` takes: EIP-712 over the terms, bound to this registry on this chain.
    /// @dev Ask a node of your own: who is asked sees the terms. The specification tells how to do without.
    /// @param terms What to commit to.
    /// @return The commitment.
    function commitmentOf(Terms calldata terms) public view returns (bytes32) {
        bytes32 typehash = GUARANTEE_TYPEHASH;
        bytes32 structHash;
        // abi.encode(typehash, terms): its five words stand in the calldata as EIP-712 wants them, and are copied at once.
        // A word that is too wide for its type is refused where the field is read, by `present` and `demand`.
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, typehash)
            calldatacopy(add(at, 0x20), terms, 0xa0)
            structHash := keccak256(at, 0xc0)
        }
        return _hashTypedDataV4(structHash);
    }

    /// @notice The id of what a guarantor issued.
    /// @param guarantor Who issued.
    /// @param commitment What it issued.
    /// @return keccak256 of the two, 20 and 32 bytes left-padded to 32 each.
    function idOf(address guarantor, bytes32 commitment) public pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(uint256(uint160(guarantor))), commitment);
    }


    function _issue(bytes32 commitment, uint40 expiry) private returns (bytes32 id) {
        if (expiry <= block.timestamp) revert ExpiryNotInFuture(expiry);
        id = idOf(msg.sender, commitment);
        if (!_kept[id].slot.isIn(State.None)) revert AlreadyIssued(id);
        _kept[id].slot = pack(address(0), expiry, 0, 0, State.Issued);
        emit Issued(id, msg.sender, commitment, expiry);
    }

    /// @dev The caller is the guarantor by construction: the id is made of it.
    function _openDemand(bytes32 commitment, uint40 answerBy) private view returns (bytes32 id, Slot slot) {
        id = idOf(msg.sender, commitment);
        slot = _kept[id].slot;
        if (!slot.isIn(State.Demanded)) _revertFor(id, slot);
        if (slot.answerBy() != answerBy) revert AnotherDemand(id, slot.answerBy());
    }

    /// @dev A refused demand leaves the promise standing until its expiry (URDG 758 article 17).
    function _requireStanding(bytes32 id, Slot slot) private view {
        if (!(slot.isIn(State.Presented) || slot.isIn(State.Refused)) || slot.isExpired()) _revertFor(id, slot);
    }

    function _revertFor(bytes32 id, Slot slot) private view {
        if (slot.isIn(State.None)) revert NotIssued(id);
        revert WrongState(id, slot.current());
    }

    function _extended(uint40 expiry, uint8 extensionDays) private pure returns (uint40) {
        return expiry + uint40(extensionDays) * 1 days;
    }
}

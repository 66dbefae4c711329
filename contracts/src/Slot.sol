// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Where a guarantee stands. Expired is never stored: the clock makes it of Issued, Presented and Refused.
enum State {
    None,
    Issued,
    Presented,
    Demanded,
    Refused,
    Paid,
    Released,
    Expired
}

/// @notice All that is kept of a guarantee, in one storage slot; zero if there is none.
/// @dev From the low end: state 8 bits, extension 8 (days), expiry 40, answerBy 40 (POSIX seconds), beneficiary 160.
/// A struct of the same fields packs alike, but the compiler reads and writes it field by field, at 1,000 gas an act.
type Slot is uint256;

using {isIn, isExpired, current, extensionDays, expiry, answerBy, beneficiary, withState, presentedTo} for Slot global;

uint256 constant STATE_MASK = 0xff;
uint256 constant EXTENSION_AT = 8;
uint256 constant EXPIRY_AT = 16;
uint256 constant EXPIRY_MASK = 0xffffffffff << EXPIRY_AT;
uint256 constant ANSWER_BY_AT = 56;
uint256 constant BENEFICIARY_AT = 96;

/// @notice A slot of these fields.
function pack(address to, uint40 until, uint40 examinedBy, uint8 extension, State where) pure returns (Slot) {
    return Slot.wrap(
        (uint256(uint160(to)) << BENEFICIARY_AT) | (uint256(examinedBy) << ANSWER_BY_AT)
            | (uint256(until) << EXPIRY_AT) | (uint256(extension) << EXTENSION_AT) | uint256(where)
    );
}

/// @notice The same slot in another state.
function withState(Slot slot, State where) pure returns (Slot) {
    return Slot.wrap((Slot.unwrap(slot) & ~STATE_MASK) | uint256(where));
}

/// @notice The slot of the same expiry, presented to this beneficiary, with no demand yet.
function presentedTo(Slot slot, address to) pure returns (Slot) {
    return Slot.wrap(
        (uint256(uint160(to)) << BENEFICIARY_AT) | (Slot.unwrap(slot) & EXPIRY_MASK) | uint256(State.Presented)
    );
}

/// @notice Whether this state is written, whatever the clock says.
function isIn(Slot slot, State where) pure returns (bool) {
    return Slot.unwrap(slot) & STATE_MASK == uint256(where);
}

/// @notice Whether the last second is over. What that means depends on the state.
function isExpired(Slot slot) view returns (bool) {
    return block.timestamp > expiry(slot);
}

/// @notice The state by the clock. An open demand outlives the expiry: it was made in time and must be answered.
function current(Slot slot) view returns (State) {
    bool waiting = isIn(slot, State.Issued) || isIn(slot, State.Presented) || isIn(slot, State.Refused);
    return waiting && isExpired(slot) ? State.Expired : State(Slot.unwrap(slot) & STATE_MASK);
}

/// @notice The extension that the newest demand offered, in days; 0 for none.
function extensionDays(Slot slot) pure returns (uint8) {
    return uint8(Slot.unwrap(slot) >> EXTENSION_AT);
}

/// @notice The last second at which it can be demanded.
function expiry(Slot slot) pure returns (uint40) {
    return uint40(Slot.unwrap(slot) >> EXPIRY_AT);
}

/// @notice The last second for refusal or extension of the newest demand; 0 before the first.
function answerBy(Slot slot) pure returns (uint40) {
    return uint40(Slot.unwrap(slot) >> ANSWER_BY_AT);
}

/// @notice Who may demand and release; zero until the guarantee is presented.
function beneficiary(Slot slot) pure returns (address) {
    return address(uint160(Slot.unwrap(slot) >> BENEFICIARY_AT));
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {Mirror} from "./Mirror.sol";
import {Cheats} from "./Vm.sol";

/// @notice The parties, acting at random but within their rights, so that every act succeeds; and a trespasser,
/// none of whose acts may. Where no guarantee stands as an act needs, a new one is brought there first.
contract Handler is Cheats {
    uint256 private constant PARTIES = 3;
    uint256 private constant LIVE = 24;

    GuaranteeRegistry public immutable registry;
    Mirror public immutable mirror;
    address private immutable _regulator;

    mapping(bytes32 id => GuaranteeRegistry.Terms) private _terms;
    bytes32[] private _live;
    uint256 private _clock = block.timestamp;
    uint256 private _salts;

    /// @notice How many acts were done, and how often each.
    uint256 public acts;
    mapping(string act => uint256) public done;
    uint256 public trespasses;
    string public trespassed;

    constructor(GuaranteeRegistry registry_, address regulator) {
        registry = registry_;
        _regulator = regulator;
        mirror = new Mirror();
        vm.recordLogs();
    }

    /// @dev A warp may not outlive a call, so the clock is kept here.
    modifier act(string memory name) {
        vm.warp(_clock);
        _;
        mirror.follow(vm.getRecordedLogs());
        ++acts;
        ++done[name];
    }

    function guarantor(uint256 seed) public pure returns (address) {
        return address(uint160(0x6000 + seed % PARTIES));
    }

    function beneficiary(uint256 seed) public pure returns (address) {
        return address(uint160(0xBE00 + seed % PARTIES));
    }

    function clock() external view returns (uint256) {
        return _clock;
    }

    function wait(uint256 seed) external act("wait") {
        _clock += bound(seed, 1, 3 days);
        vm.warp(_clock);
    }

    function suspend(uint256 seed) external act("suspend") {
        vm.prank(_regulator);
        registry.suspend(guarantor(seed));
    }

    function license(uint256 seed) external act("license") {
        _license(guarantor(seed));
    }

    function issue(uint256 seed) external act("issue") {
        _issue(seed);
    }

    function issueBatch(uint256 seed) external act("issueBatch") {
        GuaranteeRegistry.Undertaking[] memory batch = new GuaranteeRegistry.Undertaking[](1 + seed % 3);
        address from = guarantor(seed);
        for (uint256 i = 0; i < batch.length; ++i) {
            GuaranteeRegistry.Terms memory terms = _newTerms(from, seed);
            batch[i] = GuaranteeRegistry.Undertaking(registry.commitmentOf(terms), _newExpiry(seed));
            _remember(terms, batch[i].commitment);
        }
        _license(from);
        vm.prank(from);
        registry.issueBatch(batch);
    }

    function present(uint256 seed) external act("present") {
        _in(State.Issued, seed);
    }

    /// @notice Finds an issued guarantee, or makes one, and presents it.
    function _in(State wanted, uint256 seed) private returns (bytes32 id) {
        id = _find(wanted, seed);
        if (wanted == State.Issued) {
            if (id == 0) id = _issue(seed);
            registry.present(_terms[id]);
        } else if (wanted == State.Presented) {
            if (id == 0) id = _find(State.Refused, seed);
            if (id == 0) id = _in(State.Issued, seed);
        } else if (id == 0) {
            id = _demand(_in(State.Presented, seed), seed);
        }
    }

    function demand(uint256 seed) external act("demand") {
        // Two demands of one guarantee are never of one second.
        vm.warp(++_clock);
        _demand(_in(State.Presented, seed), seed);
    }

    function release(uint256 seed) external act("release") {
        bytes32 id = _in(State.Presented, seed);
        vm.prank(_terms[id].beneficiary);
        registry.release(id);
    }

    function pay(uint256 seed) external act("pay") {
        vm.warp(++_clock);
        bytes32 id = _in(State.Demanded, seed);
        (bytes32 hidden, uint40 answerBy) = _answering(id);
        vm.prank(_terms[id].guarantor);
        registry.pay(hidden, answerBy, bytes32(seed));
    }

    function refuse(uint256 seed) external act("refuse") {
        vm.warp(++_clock);
        bytes32 id = _in(State.Demanded, seed);
        (bytes32 hidden, uint40 answerBy) = _answering(id);
        vm.prank(_terms[id].guarantor);
        if (_clock > answerBy) {
            registry.pay(hidden, answerBy, bytes32(seed));
        } else {
            registry.refuse(hidden, answerBy, bytes32(seed));
            ++done["refused in time"];
        }
    }

    function extend(uint256 seed) external act("extend") {
        vm.warp(++_clock);
        bytes32 id = _in(State.Demanded, seed);
        (bytes32 hidden, uint40 answerBy) = _answering(id);
        bool possible = _clock <= answerBy && registry.guaranteeOf(id).extensionDays != 0;
        vm.prank(_terms[id].guarantor);
        if (possible) {
            registry.extend(hidden, answerBy);
            ++done["extended in time"];
        } else {
            registry.pay(hidden, answerBy, bytes32(seed));
        }
    }

    /// @notice Somebody tries what is not theirs, on a guarantee in whatever state.
    function trespass(uint256 seed, uint8 what) external act("trespass") {
        bytes32 id = mirror.count() == 0 ? _issue(seed) : mirror.ids(seed % mirror.count());
        GuaranteeRegistry.Terms memory terms = _terms[id];
        address who = address(uint160(0x7000 + seed % 16));
        bytes memory call;
        bytes32 hidden = registry.commitmentOf(terms);
        uint40 answerBy = registry.guaranteeOf(id).answerBy;
        if (what % 8 == 0) call = abi.encodeCall(registry.issue, (hidden, type(uint40).max));
        if (what % 8 == 1) call = abi.encodeCall(registry.release, (id));
        if (what % 8 == 2) call = abi.encodeCall(registry.demand, (terms, 1, 0, id));
        if (what % 8 == 3) call = abi.encodeCall(registry.pay, (hidden, answerBy, id));
        if (what % 8 == 4) call = abi.encodeCall(registry.refuse, (hidden, answerBy, id));
        if (what % 8 == 5) call = abi.encodeCall(registry.extend, (hidden, answerBy));
        if (what % 8 == 6) (who, call) = (terms.guarantor, abi.encodeCall(registry.release, (id)));
        if (what % 8 == 7) (who, call) = (terms.guarantor, abi.encodeCall(registry.issue, (hidden, 1)));
        vm.prank(who);
        (bool succeeded,) = address(registry).call(call);
        ++trespasses;
        if (succeeded) trespassed = "somebody did what is not theirs";
    }

    function _license(address whom) private {
        vm.prank(_regulator);
        registry.license(whom);
    }

    function _newTerms(address from, uint256 seed) private returns (GuaranteeRegistry.Terms memory) {
        uint96 amount = uint96(bound(seed >> 8, 1, type(uint96).max));
        return GuaranteeRegistry.Terms(bytes32(seed), bytes32(++_salts), amount, beneficiary(seed >> 16), from);
    }

    function _newExpiry(uint256 seed) private view returns (uint40) {
        return uint40(_clock + bound(seed >> 32, 1 days, 60 days));
    }

    function _issue(uint256 seed) private returns (bytes32 id) {
        address from = guarantor(seed);
        GuaranteeRegistry.Terms memory terms = _newTerms(from, seed);
        bytes32 hidden = registry.commitmentOf(terms);
        id = _remember(terms, hidden);
        _license(from);
        vm.prank(from);
        registry.issue(hidden, _newExpiry(seed));
    }

    /// @dev Old guarantees drop out of `_live`, but the mirror watches them for ever.
    function _remember(GuaranteeRegistry.Terms memory terms, bytes32 hidden) private returns (bytes32 id) {
        id = registry.idOf(terms.guarantor, hidden);
        _terms[id] = terms;
        if (_live.length < LIVE) _live.push(id);
        else _live[_salts % LIVE] = id;
    }

    function _demand(bytes32 id, uint256 seed) private returns (bytes32) {
        GuaranteeRegistry.Terms memory terms = _terms[id];
        uint96 amount = uint96(bound(seed >> 40, 1, terms.amount));
        // An extension must reach beyond the answer; 76 days always do.
        uint8 extension = seed % 4 == 0 ? 0 : uint8(bound(seed >> 48, 76, 255));
        vm.prank(terms.beneficiary);
        registry.demand(terms, amount, extension, bytes32(seed));
        return id;
    }

    function _answering(bytes32 id) private view returns (bytes32 hidden, uint40 answerBy) {
        return (registry.commitmentOf(_terms[id]), registry.guaranteeOf(id).answerBy);
    }

    function _find(State wanted, uint256 seed) private view returns (bytes32) {
        for (uint256 i = 0; i < _live.length; ++i) {
            bytes32 id = _live[addmod(seed, i, _live.length)];
            if (registry.guaranteeOf(id).state == wanted) return id;
        }
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {Slot, State} from "../src/Slot.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice The arrows of docs/spec/guarantee.md, proved by halmos for every slot, caller, argument and time.
/// @dev Forge does not run these: their arguments are symbols. `halmos --function check_`, in contracts/.
contract TransitionsTest is RegistryFixture {
    /// @dev Where the storage layout has `_slots`.
    uint256 private constant SLOTS_AT = 5;

    function setUp() public override {
        vm.warp(NOW);
        registry = new GuaranteeRegistry(ADMIN, 3 days, REGULATOR, EXAMINATION);
    }

    function place(bytes32 id) private pure returns (bytes32) {
        return keccak256(abi.encode(id, SLOTS_AT));
    }

    function put(bytes32 id, uint256 raw, uint40 time) private returns (Slot before) {
        vm.assume(raw & 0xff <= uint256(State.Released));
        vm.warp(time);
        vm.store(address(registry), place(id), bytes32(raw));
        before = Slot.wrap(raw);
    }

    function got(bytes32 id) private view returns (Slot) {
        return Slot.wrap(uint256(vm.load(address(registry), place(id))));
    }

    function assertSame(Slot left, Slot right) private pure {
        vm.assertTrue(left.beneficiary() == right.beneficiary());
        vm.assertTrue(left.expiry() == right.expiry());
        vm.assertTrue(left.answerBy() == right.answerBy());
    }

    function check_pay(address caller, bytes32 hidden, uint256 raw, uint40 time, uint40 answerBy, bytes32 paper) public {
        bytes32 id = registry.idOf(caller, hidden);
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.pay(hidden, answerBy, paper);
        vm.assertTrue(before.isIn(State.Demanded) && got(id).isIn(State.Paid) && before.answerBy() == answerBy);
        assertSame(before, got(id));
    }

    function check_refuse(address caller, bytes32 hidden, uint256 raw, uint40 time, uint40 answerBy, bytes32 paper)
        public
    {
        bytes32 id = registry.idOf(caller, hidden);
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.refuse(hidden, answerBy, paper);
        vm.assertTrue(before.isIn(State.Demanded) && got(id).isIn(State.Refused) && before.answerBy() == answerBy);
        vm.assertTrue(time <= answerBy);
        assertSame(before, got(id));
    }

    function check_extend(address caller, bytes32 hidden, uint256 raw, uint40 time, uint40 answerBy) public {
        bytes32 id = registry.idOf(caller, hidden);
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.extend(hidden, answerBy);
        Slot later = got(id);
        vm.assertTrue(before.isIn(State.Demanded) && later.isIn(State.Presented) && before.answerBy() == answerBy);
        vm.assertTrue(time <= answerBy && later.expiry() > before.expiry());
        vm.assertTrue(later.beneficiary() == before.beneficiary());
    }

    function check_release(address caller, bytes32 id, uint256 raw, uint40 time) public {
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.release(id);
        vm.assertTrue(before.isIn(State.Presented) || before.isIn(State.Refused));
        vm.assertTrue(got(id).isIn(State.Released) && caller == before.beneficiary() && time <= before.expiry());
        assertSame(before, got(id));
    }

    function check_present(address caller, GuaranteeRegistry.Terms calldata terms, uint256 raw, uint40 time) public {
        bytes32 id = registry.idOf(terms.guarantor, registry.commitmentOf(terms));
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.present(terms);
        Slot later = got(id);
        vm.assertTrue(before.isIn(State.Issued) && later.isIn(State.Presented) && time <= before.expiry());
        vm.assertTrue(later.expiry() == before.expiry() && later.beneficiary() == terms.beneficiary);
    }

    function check_demand(
        address caller,
        GuaranteeRegistry.Terms calldata terms,
        uint256 raw,
        uint40 time,
        uint96 amount,
        uint8 extensionDays
    ) public {
        bytes32 id = registry.idOf(terms.guarantor, registry.commitmentOf(terms));
        Slot before = put(id, raw, time);
        vm.prank(caller);
        registry.demand(terms, amount, extensionDays, 0);
        Slot later = got(id);
        vm.assertTrue(before.isIn(State.Presented) || before.isIn(State.Refused));
        vm.assertTrue(later.isIn(State.Demanded) && caller == terms.beneficiary && time <= before.expiry());
        vm.assertTrue(amount > 0 && amount <= terms.amount && later.answerBy() > before.answerBy());
        vm.assertTrue(later.expiry() == before.expiry());
    }

    function check_issue_by_the_unlicensed(address caller, bytes32 hidden, uint40 expiry) public {
        vm.prank(caller);
        (bool succeeded,) = address(registry).call(abi.encodeCall(registry.issue, (hidden, expiry)));
        vm.assertFalse(succeeded);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {Slot, State, pack} from "../src/Slot.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice What holds for all numbers, addresses and times.
contract FuzzTest is RegistryFixture {
    function test_a_slot_gives_back_what_was_packed(address to, uint40 until, uint40 examined, uint8 extension, uint8 raw)
        public
        pure
    {
        State where = State(bound(raw, 0, uint256(State.Released)));
        Slot slot = pack(to, until, examined, extension, where);
        vm.assertEq(slot.beneficiary(), to);
        vm.assertEq(slot.expiry(), until);
        vm.assertEq(slot.answerBy(), examined);
        vm.assertEq(slot.extensionDays(), extension);
        vm.assertTrue(slot.isIn(where));
        Slot paidSlot = slot.withState(State.Paid);
        vm.assertEq(Slot.unwrap(paidSlot), Slot.unwrap(pack(to, until, examined, extension, State.Paid)));
    }

    function test_the_commitment_is_eip_712s(GuaranteeRegistry.Terms calldata terms) public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Sunseal GuaranteeRegistry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 body = keccak256(
            abi.encode(
                registry.GUARANTEE_TYPEHASH(),
                terms.document,
                terms.salt,
                terms.amount,
                terms.beneficiary,
                terms.guarantor
            )
        );
        vm.assertEq(registry.commitmentOf(terms), keccak256(abi.encodePacked(hex"1901", domain, body)));
    }

    function test_any_other_opening_is_refused(GuaranteeRegistry.Terms calldata terms) public {
        bytes32 id = registry.idOf(terms.guarantor, registry.commitmentOf(terms));
        vm.assume(id != issued());
        vm.expectRevert(abi.encodeWithSelector(GuaranteeRegistry.NotIssued.selector, id));
        registry.present(terms);
    }

    function test_expiry_is_exact_to_the_second(uint40 expiry, uint40 time) public {
        expiry = uint40(bound(expiry, NOW + 1, type(uint40).max));
        time = uint40(bound(time, NOW, type(uint40).max));
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        bytes32 id = registry.issue(hidden, expiry);
        vm.warp(time);
        assertState(id, time > expiry ? State.Expired : State.Issued);
        if (time > expiry) vm.expectRevert(wrongState(id, State.Expired));
        registry.present(example());
    }

    function test_an_extension_never_shortens(uint8 extensionDays, uint40 wait) public {
        bytes32 id = presented();
        vm.warp(bound(wait, NOW, EXPIRY));
        uint40 answerBy = uint40(block.timestamp) + EXAMINATION;
        uint256 extended = EXPIRY + uint256(extensionDays) * 1 days;
        bool short = extensionDays != 0 && extended <= answerBy;
        if (short) {
            vm.expectRevert(
                abi.encodeWithSelector(GuaranteeRegistry.ExtensionTooShort.selector, uint40(extended), answerBy)
            );
        }
        demand(extensionDays);
        if (short || extensionDays == 0) return;
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        vm.assertEq(registry.guaranteeOf(id).expiry, extended);
        vm.assertGt(extended, EXPIRY);
    }

    function test_nobody_but_the_licensed_issues(address who) public {
        vm.assume(who != GUARANTOR && who != OTHER_GUARANTOR);
        vm.prank(who);
        (bool succeeded,) = address(registry).call(abi.encodeCall(registry.issue, (PAPER, EXPIRY)));
        vm.assertFalse(succeeded);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice Every act of a guarantee's life, done by who may and when.
contract GuaranteeRegistryTest is RegistryFixture {
    function test_issue_shows_guarantor_commitment_and_expiry_and_nothing_else() public {
        bytes32 hidden = commitment();
        bytes32 id = registry.idOf(GUARANTOR, hidden);
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Issued(id, GUARANTOR, hidden, EXPIRY);
        vm.prank(GUARANTOR);
        vm.assertEq(registry.issue(hidden, EXPIRY), id);
        GuaranteeRegistry.Guarantee memory shown = registry.guaranteeOf(id);
        assertState(id, State.Issued);
        vm.assertEq(shown.expiry, EXPIRY);
        vm.assertEq(shown.beneficiary, address(0));
        vm.assertEq(uint256(shown.answerBy) + shown.extensionDays, 0);
    }

    function test_a_guarantee_takes_one_storage_slot() public {
        vm.record();
        issued();
        (, bytes32[] memory writes) = vm.accesses(address(registry));
        vm.assertEq(writes.length, 1);
        vm.record();
        registry.present(example());
        uint40 answerBy = demand(30);
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        (, bytes32[] memory later) = vm.accesses(address(registry));
        vm.assertEq(later.length, 3);
        for (uint256 i = 0; i < later.length; ++i) {
            vm.assertEq(later[i], writes[0]);
        }
    }

    function test_a_batch_issues_each_of_its_guarantees() public {
        GuaranteeRegistry.Undertaking[] memory batch = new GuaranteeRegistry.Undertaking[](3);
        for (uint256 i = 0; i < batch.length; ++i) {
            batch[i] = GuaranteeRegistry.Undertaking(bytes32(i), EXPIRY + uint40(i));
        }
        vm.prank(GUARANTOR);
        registry.issueBatch(batch);
        for (uint256 i = 0; i < batch.length; ++i) {
            bytes32 id = registry.idOf(GUARANTOR, bytes32(i));
            assertState(id, State.Issued);
            vm.assertEq(registry.guaranteeOf(id).expiry, EXPIRY + uint40(i));
        }
    }

    function test_anybody_presents_and_the_beneficiary_is_the_one_in_the_terms() public {
        bytes32 id = issued();
        GuaranteeRegistry.Terms memory terms = example();
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Presented(id, BENEFICIARY, AMOUNT, terms.document);
        vm.prank(STRANGER);
        registry.present(terms);
        assertState(id, State.Presented);
        vm.assertEq(registry.guaranteeOf(id).beneficiary, BENEFICIARY);
    }

    function test_demand_then_pay_is_final() public {
        bytes32 id = presented();
        uint40 answerBy = NOW + EXAMINATION;
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Demanded(id, answerBy, AMOUNT, 30, PAPER);
        vm.assertEq(demand(30), answerBy);
        assertState(id, State.Demanded);
        bytes32 hidden = commitment();
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Paid(id, answerBy, PAPER);
        vm.prank(GUARANTOR);
        registry.pay(hidden, answerBy, PAPER);
        vm.warp(EXPIRY + 1);
        assertState(id, State.Paid);
    }

    function test_a_part_of_the_amount_can_be_demanded() public {
        presented();
        vm.prank(BENEFICIARY);
        registry.demand(example(), 1, 0, PAPER);
    }

    function test_a_refused_demand_can_be_followed_by_a_better_one() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Refused(id, answerBy, PAPER);
        vm.prank(GUARANTOR);
        registry.refuse(hidden, answerBy, PAPER);
        assertState(id, State.Refused);
        vm.warp(EXPIRY);
        uint40 second = demand(30);
        assertState(id, State.Demanded);
        vm.warp(second);
        vm.prank(GUARANTOR);
        registry.refuse(hidden, second, PAPER);
        assertState(id, State.Expired);
    }

    function test_extend_adds_the_days_the_demand_offered() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        vm.warp(answerBy);
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Extended(id, answerBy, EXPIRY + 30 days);
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        assertState(id, State.Presented);
        vm.warp(EXPIRY + 30 days);
        demand(0);
        assertState(id, State.Demanded);
    }

    function test_release_is_final_also_after_a_refusal() public {
        bytes32 id = presented();
        vm.expectEmit(address(registry));
        emit GuaranteeRegistry.Released(id);
        vm.prank(BENEFICIARY);
        registry.release(id);
        vm.warp(EXPIRY + 1);
        assertState(id, State.Released);
    }

    function test_a_refused_guarantee_can_be_released() public {
        (bytes32 id,) = refused();
        vm.prank(BENEFICIARY);
        registry.release(id);
        assertState(id, State.Released);
    }

    function test_the_clock_expires_what_nobody_demanded() public {
        bytes32 id = presented();
        vm.warp(EXPIRY);
        assertState(id, State.Presented);
        vm.warp(EXPIRY + 1);
        assertState(id, State.Expired);
    }

    function test_a_demand_made_in_time_outlives_the_expiry_and_is_paid_late() public {
        bytes32 id = presented();
        vm.warp(EXPIRY);
        uint40 answerBy = demand(0);
        vm.warp(uint256(answerBy) + 365 days);
        assertState(id, State.Demanded);
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.pay(hidden, answerBy, PAPER);
        assertState(id, State.Paid);
    }

    function test_a_suspended_guarantor_may_pay() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        suspend();
        vm.prank(GUARANTOR);
        registry.pay(hidden, answerBy, PAPER);
        assertState(id, State.Paid);
    }

    function test_a_suspended_guarantor_may_refuse() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        suspend();
        vm.prank(GUARANTOR);
        registry.refuse(hidden, answerBy, PAPER);
        assertState(id, State.Refused);
    }

    function test_a_suspended_guarantor_may_extend_and_its_guarantees_are_presented_and_demanded() public {
        bytes32 id = issued();
        suspend();
        registry.present(example());
        uint40 answerBy = demand(30);
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        assertState(id, State.Presented);
    }

    function test_a_copied_commitment_neither_hinders_its_owner_nor_can_be_presented() public {
        bytes32 hidden = commitment();
        vm.prank(OTHER_GUARANTOR);
        bytes32 copy = registry.issue(hidden, EXPIRY);
        bytes32 id = presented();
        assertState(id, State.Presented);
        assertState(copy, State.Issued);
        GuaranteeRegistry.Terms memory forged = example();
        forged.guarantor = OTHER_GUARANTOR;
        bytes32 unknown = registry.idOf(OTHER_GUARANTOR, registry.commitmentOf(forged));
        vm.expectRevert(abi.encodeWithSelector(GuaranteeRegistry.NotIssued.selector, unknown));
        registry.present(forged);
    }

    function test_a_commitment_is_of_one_registry_on_one_chain() public {
        bytes32 here = commitment();
        GuaranteeRegistry other = new GuaranteeRegistry(ADMIN, 3 days, REGULATOR, EXAMINATION);
        vm.assertFalse(other.commitmentOf(example()) == here);
        vm.chainId(77);
        vm.assertFalse(commitment() == here);
    }

    function test_every_field_of_the_terms_changes_the_commitment() public view {
        bytes32 base = commitment();
        GuaranteeRegistry.Terms[5] memory changed = [example(), example(), example(), example(), example()];
        changed[0].guarantor = STRANGER;
        changed[1].beneficiary = STRANGER;
        changed[2].amount += 1;
        changed[3].document = PAPER;
        changed[4].salt = PAPER;
        for (uint256 i = 0; i < changed.length; ++i) {
            vm.assertFalse(registry.commitmentOf(changed[i]) == base);
        }
    }

    function test_the_regulator_licenses_again() public {
        suspend();
        vm.prank(REGULATOR);
        registry.license(GUARANTOR);
        assertState(issued(), State.Issued);
    }

    function test_roles_are_governed_as_said() public view {
        vm.assertEq(registry.defaultAdmin(), ADMIN);
        vm.assertEq(registry.defaultAdminDelay(), 3 days);
        vm.assertEq(registry.getRoleAdmin(registry.GUARANTOR_ROLE()), registry.REGULATOR_ROLE());
        vm.assertEq(registry.getRoleAdmin(registry.REGULATOR_ROLE()), bytes32(0));
        vm.assertTrue(registry.supportsInterface(type(IAccessControl).interfaceId));
        vm.assertEq(registry.EXAMINATION_PERIOD(), EXAMINATION);
    }
}

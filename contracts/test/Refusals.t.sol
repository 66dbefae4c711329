// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice Every act that the registry refuses, with the error that says why.
contract RefusalsTest is RegistryFixture {
    function unauthorized(address account, bytes32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role);
    }

    function about(bytes4 selector, bytes32 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, id);
    }

    function expectIssueRefused(address caller, uint40 expiry, bytes memory why) private {
        GuaranteeRegistry.Undertaking[] memory batch = new GuaranteeRegistry.Undertaking[](1);
        batch[0] = GuaranteeRegistry.Undertaking(commitment(), expiry);
        vm.expectRevert(why);
        vm.prank(caller);
        registry.issue(batch[0].commitment, expiry);
        vm.expectRevert(why);
        vm.prank(caller);
        registry.issueBatch(batch);
    }

    function expectDemandRefused(bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(BENEFICIARY);
        registry.demand(example(), AMOUNT, 0, PAPER);
    }

    /// @dev All three answers, so that no test forgets one.
    function expectAnswersRefused(address caller, uint40 answerBy, bytes memory why) private {
        bytes32 hidden = commitment();
        vm.expectRevert(why);
        vm.prank(caller);
        registry.pay(hidden, answerBy, PAPER);
        vm.expectRevert(why);
        vm.prank(caller);
        registry.refuse(hidden, answerBy, PAPER);
        vm.expectRevert(why);
        vm.prank(caller);
        registry.extend(hidden, answerBy);
    }

    function expectReleaseRefused(address caller, bytes32 id, bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(caller);
        registry.release(id);
    }

    function expectNothingMoves(bytes32 id, State found) private {
        bytes memory why = wrongState(id, found);
        expectDemandRefused(why);
        expectReleaseRefused(BENEFICIARY, id, why);
        expectAnswersRefused(GUARANTOR, registry.guaranteeOf(id).answerBy, why);
        vm.expectRevert(why);
        registry.present(example());
        expectIssueRefused(GUARANTOR, EXPIRY + 365 days, about(GuaranteeRegistry.AlreadyIssued.selector, id));
    }

    function test_only_the_licensed_issue() public {
        bytes32 role = registry.GUARANTOR_ROLE();
        address[4] memory others = [STRANGER, REGULATOR, ADMIN, BENEFICIARY];
        for (uint256 i = 0; i < others.length; ++i) {
            expectIssueRefused(others[i], EXPIRY, unauthorized(others[i], role));
        }
    }

    function test_the_suspended_do_not_issue() public {
        suspend();
        expectIssueRefused(GUARANTOR, EXPIRY, unauthorized(GUARANTOR, registry.GUARANTOR_ROLE()));
    }

    function test_only_the_regulator_licenses_and_suspends() public {
        address[3] memory others = [STRANGER, GUARANTOR, ADMIN];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory why = unauthorized(others[i], registry.REGULATOR_ROLE());
            vm.expectRevert(why);
            vm.prank(others[i]);
            registry.license(STRANGER);
            vm.expectRevert(why);
            vm.prank(others[i]);
            registry.suspend(GUARANTOR);
        }
    }

    function test_no_expiry_that_is_not_in_the_future() public {
        bytes memory why = abi.encodeWithSelector(GuaranteeRegistry.ExpiryNotInFuture.selector, NOW);
        expectIssueRefused(GUARANTOR, NOW, why);
    }

    function test_no_commitment_twice_and_none_shortened() public {
        bytes32 id = issued();
        bytes memory why = about(GuaranteeRegistry.AlreadyIssued.selector, id);
        expectIssueRefused(GUARANTOR, EXPIRY, why);
        expectIssueRefused(GUARANTOR, NOW + 1, why);
        vm.assertEq(registry.guaranteeOf(id).expiry, EXPIRY);
    }

    function test_a_batch_with_one_commitment_twice_issues_nothing() public {
        GuaranteeRegistry.Undertaking[] memory batch = new GuaranteeRegistry.Undertaking[](2);
        batch[0] = batch[1] = GuaranteeRegistry.Undertaking(commitment(), EXPIRY);
        bytes32 id = registry.idOf(GUARANTOR, commitment());
        vm.expectRevert(about(GuaranteeRegistry.AlreadyIssued.selector, id));
        vm.prank(GUARANTOR);
        registry.issueBatch(batch);
        assertState(id, State.None);
    }

    function test_no_empty_batch() public {
        vm.expectRevert(abi.encodeWithSelector(GuaranteeRegistry.EmptyBatch.selector));
        vm.prank(GUARANTOR);
        registry.issueBatch(new GuaranteeRegistry.Undertaking[](0));
    }

    function test_no_examination_period_of_nothing_or_over_a_year() public {
        uint40[2] memory periods = [uint40(0), uint40(365 days) + 1];
        for (uint256 i = 0; i < periods.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(GuaranteeRegistry.ExaminationPeriodOutOfRange.selector, periods[i])
            );
            new GuaranteeRegistry(ADMIN, 3 days, REGULATOR, periods[i]);
        }
    }

    function test_other_terms_than_those_committed_to_are_not_presented() public {
        issued();
        GuaranteeRegistry.Terms memory terms = example();
        terms.amount += 1;
        bytes32 unknown = registry.idOf(GUARANTOR, registry.commitmentOf(terms));
        vm.expectRevert(about(GuaranteeRegistry.NotIssued.selector, unknown));
        registry.present(terms);
    }

    function test_terms_that_could_never_be_honoured_are_not_presented() public {
        GuaranteeRegistry.Terms[3] memory empty = [example(), example(), example()];
        empty[0].beneficiary = address(0);
        empty[1].beneficiary = GUARANTOR;
        empty[2].amount = 0;
        for (uint256 i = 0; i < empty.length; ++i) {
            bytes32 hidden = registry.commitmentOf(empty[i]);
            vm.prank(GUARANTOR);
            bytes32 id = registry.issue(hidden, EXPIRY);
            vm.expectRevert(about(GuaranteeRegistry.MeaninglessTerms.selector, id));
            registry.present(empty[i]);
        }
    }

    /// @dev The words of terms are hashed as they come, so one too wide for its type has a commitment; it leads nowhere.
    function test_terms_with_a_word_too_wide_for_its_type_are_not_presented() public {
        for (uint256 place = 2; place < 5; ++place) {
            bytes memory terms = abi.encode(example());
            uint256 at = 32 * (place + 1);
            uint256 word;
            assembly ("memory-safe") {
                word := or(mload(add(terms, at)), shl(255, 1))
                mstore(add(terms, at), word)
            }
            (, bytes memory hidden) =
                address(registry).staticcall(bytes.concat(GuaranteeRegistry.commitmentOf.selector, terms));
            vm.prank(GUARANTOR);
            registry.issue(abi.decode(hidden, (bytes32)), EXPIRY);
            (bool done,) = address(registry).call(bytes.concat(GuaranteeRegistry.present.selector, terms));
            vm.assertFalse(done);
        }
    }

    function test_nothing_is_done_with_what_was_never_issued() public {
        bytes32 id = registry.idOf(GUARANTOR, commitment());
        bytes memory why = about(GuaranteeRegistry.NotIssued.selector, id);
        vm.expectRevert(why);
        registry.present(example());
        expectDemandRefused(why);
        expectReleaseRefused(BENEFICIARY, id, why);
        expectAnswersRefused(GUARANTOR, 0, why);
    }

    function test_before_it_is_presented_it_is_not_demanded_answered_or_released() public {
        bytes32 id = issued();
        bytes memory why = wrongState(id, State.Issued);
        expectDemandRefused(why);
        expectAnswersRefused(GUARANTOR, 0, why);
        expectReleaseRefused(BENEFICIARY, id, why);
        expectReleaseRefused(GUARANTOR, id, why);
    }

    function test_without_a_demand_there_is_nothing_to_answer() public {
        bytes32 id = presented();
        expectAnswersRefused(GUARANTOR, 0, wrongState(id, State.Presented));
    }

    function test_only_the_beneficiary_demands_and_releases() public {
        bytes32 id = presented();
        address[4] memory others = [GUARANTOR, STRANGER, REGULATOR, ADMIN];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory why = abi.encodeWithSelector(GuaranteeRegistry.NotBeneficiary.selector, id, others[i]);
            expectReleaseRefused(others[i], id, why);
            vm.expectRevert(why);
            vm.prank(others[i]);
            registry.demand(example(), AMOUNT, 0, PAPER);
        }
    }

    function test_only_the_guarantor_answers() public {
        (, uint40 answerBy) = demanded();
        address[4] memory others = [OTHER_GUARANTOR, BENEFICIARY, STRANGER, REGULATOR];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes32 id = registry.idOf(others[i], commitment());
            expectAnswersRefused(others[i], answerBy, about(GuaranteeRegistry.NotIssued.selector, id));
        }
    }

    function test_no_demand_for_nothing_or_for_more_than_is_guaranteed() public {
        presented();
        uint96[2] memory amounts = [0, AMOUNT + 1];
        for (uint256 i = 0; i < amounts.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(GuaranteeRegistry.AmountOutOfRange.selector, amounts[i], AMOUNT)
            );
            vm.prank(BENEFICIARY);
            registry.demand(example(), amounts[i], 0, PAPER);
        }
    }

    function test_no_demand_with_terms_of_another_amount() public {
        presented();
        GuaranteeRegistry.Terms memory inflated = example();
        inflated.amount *= 2;
        bytes32 unknown = registry.idOf(GUARANTOR, registry.commitmentOf(inflated));
        vm.expectRevert(about(GuaranteeRegistry.NotIssued.selector, unknown));
        vm.prank(BENEFICIARY);
        registry.demand(inflated, inflated.amount, 0, PAPER);
    }

    function test_no_extension_that_ends_before_the_answer_is_due() public {
        presented();
        vm.warp(EXPIRY);
        uint40 answerBy = EXPIRY + EXAMINATION;
        bytes memory why = abi.encodeWithSelector(GuaranteeRegistry.ExtensionTooShort.selector, answerBy, answerBy);
        vm.expectRevert(why);
        vm.prank(BENEFICIARY);
        registry.demand(example(), AMOUNT, 15, PAPER);
        demand(16);
    }

    function test_an_open_demand_is_not_repeated_or_released_before_its_answer() public {
        (bytes32 id,) = demanded();
        bytes memory why = wrongState(id, State.Demanded);
        expectDemandRefused(why);
        expectReleaseRefused(BENEFICIARY, id, why);
    }

    function test_an_answer_sent_twice_never_meets_a_later_demand() public {
        (bytes32 id, uint40 first) = refused();
        vm.warp(NOW + 1);
        uint40 second = demand(30);
        bytes memory why = abi.encodeWithSelector(GuaranteeRegistry.AnotherDemand.selector, id, second);
        expectAnswersRefused(GUARANTOR, first, why);
    }

    function test_two_demands_are_never_of_one_second() public {
        (bytes32 id, uint40 answerBy) = refused();
        expectDemandRefused(abi.encodeWithSelector(GuaranteeRegistry.DemandTooSoon.selector, id, answerBy));
    }

    function test_two_demands_are_never_of_one_second_after_an_extension_either() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        expectDemandRefused(abi.encodeWithSelector(GuaranteeRegistry.DemandTooSoon.selector, id, answerBy));
    }

    function test_after_the_examination_what_remains_is_to_pay() public {
        (bytes32 id, uint40 answerBy) = demanded();
        bytes32 hidden = commitment();
        bytes memory why = abi.encodeWithSelector(GuaranteeRegistry.AnswerTooLate.selector, id, answerBy);
        vm.warp(uint256(answerBy) + 1);
        vm.expectRevert(why);
        vm.prank(GUARANTOR);
        registry.refuse(hidden, answerBy, PAPER);
        vm.expectRevert(why);
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
        vm.prank(GUARANTOR);
        registry.pay(hidden, answerBy, PAPER);
    }

    function test_no_extension_without_the_beneficiarys_offer() public {
        bytes32 id = presented();
        uint40 answerBy = demand(0);
        bytes32 hidden = commitment();
        vm.expectRevert(about(GuaranteeRegistry.NoExtensionOffered.selector, id));
        vm.prank(GUARANTOR);
        registry.extend(hidden, answerBy);
    }

    function test_what_is_paid_stays_paid() public {
        expectNothingMoves(paid(), State.Paid);
    }

    function test_what_is_released_stays_released() public {
        expectNothingMoves(released(), State.Released);
    }

    function test_what_has_expired_stays_expired() public {
        bytes32 id = presented();
        vm.warp(EXPIRY + 1);
        expectNothingMoves(id, State.Expired);
    }

    function test_what_expired_after_a_refusal_stays_expired() public {
        (bytes32 id,) = refused();
        vm.warp(EXPIRY + 1);
        expectNothingMoves(id, State.Expired);
    }

    function test_what_expired_before_it_was_presented_is_not_presented() public {
        bytes32 id = issued();
        vm.warp(EXPIRY + 1);
        expectNothingMoves(id, State.Expired);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {Cheats} from "./Vm.sol";

/// @notice A registry with its parties, and guarantees brought as far as a test wants them.
abstract contract RegistryFixture is Cheats {
    address internal constant ADMIN = address(0xAD);
    address internal constant REGULATOR = address(0x4E);
    address internal constant GUARANTOR = address(0x6A);
    address internal constant OTHER_GUARANTOR = address(0x6B);
    address internal constant BENEFICIARY = address(0xBE);
    address internal constant STRANGER = address(0x57);

    uint40 internal constant NOW = 1_767_225_600;
    uint40 internal constant EXPIRY = NOW + 120 days;
    uint40 internal constant EXAMINATION = 15 days;
    uint96 internal constant AMOUNT = 80_000_000;
    bytes32 internal constant PAPER = keccak256("some paper's digest");

    GuaranteeRegistry internal registry;

    function setUp() public virtual {
        vm.warp(NOW);
        registry = new GuaranteeRegistry(ADMIN, 3 days, REGULATOR, EXAMINATION);
        vm.prank(REGULATOR);
        registry.license(GUARANTOR);
        vm.prank(REGULATOR);
        registry.license(OTHER_GUARANTOR);
    }

    function example() internal pure returns (GuaranteeRegistry.Terms memory) {
        return GuaranteeRegistry.Terms(keccak256("document"), keccak256("salt"), AMOUNT, BENEFICIARY, GUARANTOR);
    }

    function commitment() internal view returns (bytes32) {
        return registry.commitmentOf(example());
    }

    function issued() internal returns (bytes32) {
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        return registry.issue(hidden, EXPIRY);
    }

    function presented() internal returns (bytes32 id) {
        id = issued();
        registry.present(example());
    }

    function demanded() internal returns (bytes32 id, uint40 answerBy) {
        id = presented();
        answerBy = demand(30);
    }

    function demand(uint8 extensionDays) internal returns (uint40) {
        vm.prank(BENEFICIARY);
        return registry.demand(example(), AMOUNT, extensionDays, PAPER);
    }

    function paid() internal returns (bytes32 id) {
        uint40 answerBy;
        (id, answerBy) = demanded();
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.pay(hidden, answerBy, PAPER);
    }

    function refused() internal returns (bytes32 id, uint40 answerBy) {
        (id, answerBy) = demanded();
        bytes32 hidden = commitment();
        vm.prank(GUARANTOR);
        registry.refuse(hidden, answerBy, PAPER);
    }

    function released() internal returns (bytes32 id) {
        id = presented();
        vm.prank(BENEFICIARY);
        registry.release(id);
    }

    function suspend() internal {
        vm.prank(REGULATOR);
        registry.suspend(GUARANTOR);
    }

    function assertState(bytes32 id, State wanted) internal view {
        vm.assertEq(uint256(registry.guaranteeOf(id).state), uint256(wanted), "state");
    }

    function wrongState(bytes32 id, State found) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(GuaranteeRegistry.WrongState.selector, id, found);
    }
}

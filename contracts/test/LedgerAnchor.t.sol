// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {LedgerAnchor} from "../src/LedgerAnchor.sol";
import {Cheats} from "./Vm.sol";

/// @notice Heads go forwards, by their poster alone.
contract LedgerAnchorTest is Cheats {
    address private constant ADMIN = address(0xAD);
    address private constant REGISTRAR = address(0x4E);
    address private constant POSTER = address(0x90);
    address private constant STRANGER = address(0x57);
    string private constant ORIGIN = "log.example/sunseal";
    bytes32 private constant ROOT = keccak256("a root");
    /// @dev RFC 6962: SHA-256 of nothing.
    bytes32 private constant EMPTY_ROOT = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    LedgerAnchor private anchors;

    function setUp() public {
        anchors = new LedgerAnchor(ADMIN, 3 days, REGISTRAR);
    }

    function registered() private returns (bytes32) {
        vm.prank(REGISTRAR);
        return anchors.register(ORIGIN, POSTER);
    }

    function assertHead(bytes32 log, address poster, uint64 size, bytes32 root) private view {
        LedgerAnchor.Log memory head = anchors.headOf(log);
        vm.assertEq(head.poster, poster);
        vm.assertEq(head.size, size);
        vm.assertEq(head.root, root);
    }

    function unauthorized(address account) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IAccessControl.AccessControlUnauthorizedAccount.selector, account, anchors.REGISTRAR_ROLE()
        );
    }

    function test_a_log_begins_as_the_empty_tree() public {
        bytes32 log = sha256(bytes(ORIGIN));
        vm.expectEmit(address(anchors));
        emit LedgerAnchor.Registered(log, ORIGIN);
        vm.expectEmit(address(anchors));
        emit LedgerAnchor.PosterSet(log, POSTER);
        vm.assertEq(registered(), log);
        assertHead(log, POSTER, 0, EMPTY_ROOT);
    }

    function test_its_poster_anchors() public {
        bytes32 log = registered();
        vm.expectEmit(address(anchors));
        emit LedgerAnchor.Anchored(log, 7, ROOT);
        vm.prank(POSTER);
        anchors.anchor(log, 7, ROOT);
        assertHead(log, POSTER, 7, ROOT);
    }

    function test_sizes_only_go_forwards(uint64 first, uint64 second) public {
        bytes32 log = registered();
        first = uint64(bound(first, 1, type(uint64).max));
        vm.prank(POSTER);
        anchors.anchor(log, first, ROOT);
        bool backwards = second <= first;
        if (backwards) {
            vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.NotForwards.selector, log, first, second));
        }
        vm.prank(POSTER);
        anchors.anchor(log, second, EMPTY_ROOT);
        assertHead(log, POSTER, backwards ? first : second, backwards ? ROOT : EMPTY_ROOT);
    }

    function test_nobody_else_anchors() public {
        bytes32 log = registered();
        address[3] memory others = [STRANGER, REGISTRAR, ADMIN];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.NotPoster.selector, log, others[i]));
            vm.prank(others[i]);
            anchors.anchor(log, 7, ROOT);
        }
    }

    function test_a_log_nobody_registered_is_not_anchored() public {
        bytes32 log = sha256(bytes(ORIGIN));
        vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.NotPoster.selector, log, POSTER));
        vm.prank(POSTER);
        anchors.anchor(log, 7, ROOT);
    }

    function test_a_new_poster_follows_the_old_one_from_where_it_stopped() public {
        bytes32 log = registered();
        vm.prank(POSTER);
        anchors.anchor(log, 7, ROOT);
        vm.prank(REGISTRAR);
        anchors.setPoster(log, STRANGER);
        assertHead(log, STRANGER, 7, ROOT);
        vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.NotPoster.selector, log, POSTER));
        vm.prank(POSTER);
        anchors.anchor(log, 8, ROOT);
        vm.prank(STRANGER);
        anchors.anchor(log, 8, ROOT);
    }

    function test_a_log_is_not_registered_again_even_with_a_root_of_zero() public {
        bytes32 log = registered();
        vm.prank(POSTER);
        anchors.anchor(log, 7, 0);
        vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.AlreadyRegistered.selector, log));
        registered();
    }

    function test_an_origin_is_not_empty() public {
        vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.EmptyOrigin.selector));
        vm.prank(REGISTRAR);
        anchors.register("", POSTER);
    }

    function test_a_log_nobody_registered_gets_no_poster() public {
        vm.expectRevert(abi.encodeWithSelector(LedgerAnchor.NotRegistered.selector, ROOT));
        vm.prank(REGISTRAR);
        anchors.setPoster(ROOT, POSTER);
    }

    function test_only_the_registrar_registers_and_names_posters() public {
        bytes32 log = registered();
        address[3] memory others = [STRANGER, POSTER, ADMIN];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory why = unauthorized(others[i]);
            vm.expectRevert(why);
            vm.prank(others[i]);
            anchors.register("another.example", POSTER);
            vm.expectRevert(why);
            vm.prank(others[i]);
            anchors.setPoster(log, STRANGER);
        }
    }
}

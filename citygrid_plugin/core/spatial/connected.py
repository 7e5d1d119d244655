"""Connected pieces of a graph of cells."""

from __future__ import annotations

import numpy as np


def connected_pieces(n: int, edges: np.ndarray) -> np.ndarray:
    """(n,) number of the connected piece of each of ``n`` cells, counted in order of their first cells.

    ``edges``: (m, 2) pairs of neighbouring cells.
    """
    root = np.arange(n)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    while len(edges):
        ends = root[edges]
        apart = ends[:, 0] != ends[:, 1]
        edges, ends = edges[apart], ends[apart]
        np.minimum.at(root, ends.max(axis=1), ends.min(axis=1))
        while (root[root] != root).any():
            root = root[root]
    return np.unique(root, return_inverse=True)[1].reshape(-1)


def pieces_by_label(edges: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) number of the connected piece of each cell among those of its label, and (p,) the label of each piece.

    ``edges``: (m, 2) pairs of neighbouring cells; ``labels``: (n,) label of each cell.
    """
    piece = connected_pieces(len(labels), edges[labels[edges[:, 0]] == labels[edges[:, 1]]])
    return piece, labels[np.unique(piece, return_index=True)[1]]


def in_heaviest_piece(piece: np.ndarray, owner: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(n,) whether each cell is in the heaviest piece of its label; of equal ones in the first.

    ``piece`` and ``owner`` as from ``pieces_by_label``; ``weight``: (p,) of each piece.
    """
    order = np.lexsort((np.arange(len(owner)), -weight, owner))
    heaviest = np.zeros(len(owner), dtype=bool)
    heaviest[order[np.unique(owner[order], return_index=True)[1]]] = True
    return heaviest[piece]


def neighbour_lists(n: int, edges: np.ndarray) -> list[list[int]]:
    """The neighbours of each of ``n`` cells, in the order of the ``edges`` (m, 2)."""
    near: list[list[int]] = [[] for _ in range(n)]
    for one, other in edges.tolist():
        near[one].append(other)
        near[other].append(one)
    return near


def is_connected(edges: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each label 0..max: do its cells form exactly one connected piece?

    ``edges``: (m, 2) pairs of neighbouring cells; ``labels``: (n,) label of each cell, negative for cells
    that belong to none. A label without cells is not connected.
    """
    labels = np.asarray(labels, dtype=np.int64)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    _, owner = pieces_by_label(edges, labels)
    return np.bincount(owner[owner >= 0], minlength=labels.max(initial=-1) + 1) == 1

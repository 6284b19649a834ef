"""A directed graph, its strongly connected components, and the cheapest way from one node to another."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from typing import Generic, TypeVar

LabelT = TypeVar("LabelT")


class Graph(Generic[LabelT]):
    """Nodes are numbers from 0; each edge has a label and a cost."""

    def __init__(self) -> None:
        self.edges: list[list[tuple[int, int, LabelT]]] = []  # by source: target, cost, label

    def add_node(self) -> int:
        self.edges.append([])
        return len(self.edges) - 1

    def add_edge(self, source: int, target: int, cost: int, label: LabelT) -> None:
        self.edges[source].append((target, cost, label))

    def components(self) -> Iterator[list[int]]:
        """Strongly connected components of two nodes or more (Tarjan 1972, without recursion)."""
        index: dict[int, int] = {}
        lowest: dict[int, int] = {}
        on_stack: set[int] = set()
        stack: list[int] = []
        for root in range(len(self.edges)):
            if root in index:
                continue
            path = [(root, 0)]
            while path:
                node, position = path.pop()
                if position == 0:
                    index[node] = lowest[node] = len(index)
                    stack.append(node)
                    on_stack.add(node)
                else:
                    lowest[node] = min(lowest[node], lowest[self.edges[node][position - 1][0]])
                for next_position in range(position, len(self.edges[node])):
                    target = self.edges[node][next_position][0]
                    if target not in index:
                        path += [(node, next_position + 1), (target, 0)]
                        break
                    if target in on_stack:
                        lowest[node] = min(lowest[node], index[target])
                else:
                    if lowest[node] == index[node]:
                        component = [stack.pop()]
                        while component[-1] != node:
                            component.append(stack.pop())
                        on_stack.difference_update(component)
                        if len(component) > 1:
                            yield component

    def cheapest(self, start: int, end: int, within: Collection[int]) -> tuple[int, list[LabelT]] | None:
        """The cost and the labels of the cheapest way that does not leave `within` (Dijkstra 1959)."""
        before: dict[int, tuple[int, LabelT]] = {}
        costs = {start: 0}
        waiting = [(0, start)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == end:
                labels = []
                while node != start:
                    node, label = before[node]
                    labels.append(label)
                return cost, labels[::-1]
            if cost > costs[node]:
                continue
            for target, price, label in self.edges[node]:
                if target in within and cost + price < costs.get(target, cost + price + 1):
                    costs[target] = cost + price
                    before[target] = (node, label)
                    heapq.heappush(waiting, (cost + price, target))
        return None

-- 虚构的机构数据库，SQLite 与 PostgreSQL 都可执行：主体、行政处罚、财务报表、合同，各有变更时间 gxsj。
CREATE TABLE zt_jbxx (
    tyshxydm VARCHAR(18) PRIMARY KEY, mc TEXT, cym TEXT, lx TEXT, fddbr TEXT, clrq DATE, djzt VARCHAR(1),
    zs TEXT, xzqh VARCHAR(6), djjg TEXT, zczb NUMERIC(18, 6), yyqx DATE, gxsj TIMESTAMP
);
CREATE TABLE xzcf (
    id INTEGER PRIMARY KEY, tyshxydm VARCHAR(18), wsh TEXT, wsmc TEXT, jg TEXT, cflb VARCHAR(2), je NUMERIC(18, 6),
    cfrq DATE, gsrq DATE, lxqk INTEGER, sfyx INTEGER, gxsj TIMESTAMP
);
CREATE TABLE cwbb (
    tyshxydm VARCHAR(18), nd INTEGER, sfsj INTEGER, zcze NUMERIC(18, 6), fzze NUMERIC(18, 6),
    syzqy NUMERIC(18, 6), yysr NUMERIC(18, 6), gxsj TIMESTAMP, PRIMARY KEY (tyshxydm, nd)
);
CREATE TABLE ht (
    htbh VARCHAR(30) PRIMARY KEY, tyshxydm VARCHAR(18), htmc TEXT, lb TEXT, yz TEXT, je NUMERIC(18, 2),
    qdrq DATE, yswg DATE, ysrq DATE, zt VARCHAR(1), gxsj TIMESTAMP
);

INSERT INTO zt_jbxx VALUES
    ('91990102MA8110016R', '昀海样本甲建设有限公司', NULL, '有限责任公司', '钟离样', '2015-06-01', '1',
     '昀海省霁川市样本路1号', '990102', '霁川市市场监督管理局', 5000, '2099-12-31', '2026-11-18 09:00:00'),
    ('91990102MA8110024L', '昀海样本乙市政有限公司', '昀海样本乙路桥有限公司', '有限责任公司', '公羊例', '2012-03-15', '1',
     '昀海省霁川市样本路2号', '990102', '霁川市市场监督管理局', 1200.5, NULL, '2026-11-19 15:30:00');
INSERT INTO xzcf VALUES
    (1, '91990102MA8110016R', '霁建罚〔2026〕31号', '行政处罚决定书', '霁川市住房和城乡建设局', '03', 1.5,
     '2026-05-20', '2026-05-26', 1, 1, '2026-05-27 10:00:00'),
    (2, '91990102MA8110024L', '霁建罚〔2026〕44号', '行政处罚决定书', '霁川市住房和城乡建设局', '01', NULL,
     '2026-08-03', NULL, NULL, 1, '2026-08-04 10:00:00'),
    (3, '91990102MA8110024L', '霁建罚〔2026〕45号', '录入有误的处罚', '霁川市住房和城乡建设局', '01', NULL,
     '2026-08-03', NULL, NULL, 0, '2026-08-05 10:00:00');
INSERT INTO cwbb VALUES
    ('91990102MA8110016R', 2025, 1, 41531.236531, 23299.023694, 18232.212837, 28150.247212, '2026-04-30 08:00:00'),
    ('91990102MA8110024L', 2025, 0, 8000, 3000, 5000, NULL, '2026-04-28 08:00:00');
INSERT INTO ht VALUES
    ('HT-001', '91990102MA8110016R', '县道X203线改建工程第2标段', '公路工程', '霁川市公路建设管理中心', 91800000.00,
     '2021-11-03', '2023-10-31', '2023-10-26', '2', '2023-11-01 08:00:00');

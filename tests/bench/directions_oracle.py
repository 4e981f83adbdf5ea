"""Makes tests/data/directions: a ridge regression with nested cross-validation by scikit-learn.

Run from the top folder: python3 tests/bench/directions_oracle.py
"""
import numpy as np
from sklearn.linear_model import Ridge
rng=np.random.default_rng(7)
n,Z=60,6
g=np.arange(n)%5
y=rng.integers(0,5,n)/4
A=rng.normal(size=(Z,Z))
x=(np.outer(y,rng.normal(size=Z))+0.8*rng.normal(size=(n,Z))@A+0.3*rng.normal(size=(5,Z))[g]).astype(np.float32)
X=x.astype(float)
grid=10**(-6+np.arange(13)*8/12)
def model(m,r):
    s=np.var(X[m],axis=0).mean()
    return Ridge(alpha=r*s*m.sum(),fit_intercept=True,solver='cholesky').fit(X[m],y[m])
def sse(m,h,r): return ((y[h]-model(m,r).predict(X[h]))**2).sum()
p=np.zeros(n); outer=np.zeros(13)
for o in range(5):
    tr=g!=o
    inner=[sum(sse(tr&(g!=i),g==i,r) for i in range(5) if i!=o) for r in grid]
    p[g==o]=model(tr,grid[np.argmin(inner)]).predict(X[g==o])
    outer+= [sse(tr,g==o,r) for r in grid]
r=grid[np.argmin(outer)]
al=np.ones(n,bool); w=model(al,r).coef_
S=np.cov(X.T,bias=True); c=((X-X.mean(0))*(y-y.mean())[:,None]).mean(0)
move=S@w*(w@c)/(w@S@w*y.var())
r2=1-((y-p)**2).sum()/((y-y.mean())**2).sum(); cor=np.corrcoef(y,p)[0,1]
print(r2,cor,r,move,c/y.var())
d='tests/data/directions/'
np.save(d+'points.npy',x); np.save(d+'labels.npy',np.stack([y,g],1).astype(np.float32))
np.save(d+'expected.npy',np.concatenate([[r2,cor,r],move])[None].astype(np.float32))
